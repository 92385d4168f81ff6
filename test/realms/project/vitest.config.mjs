const conditions = ['@valetkey/source']

export default {
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ['*.case.ts'], globals: true },
}
