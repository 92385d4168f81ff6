const { withCredential } = require('@valetkey/fetch')
const flume = require('@valetkey/flume')
const exchange = require('./exchange.cjs')

void exchange({ flume, withCredential })
