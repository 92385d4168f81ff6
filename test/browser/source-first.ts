/** How pages find modules: the packages' sources first, then what browsers get of other packages. */
export const sourceFirst = { conditions: ['@valetkey/source', 'module', 'browser', 'development|production'] }
