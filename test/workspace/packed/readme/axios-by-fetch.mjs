// Loaded before an example with axios: its requests are rerouted, too.
import axios from 'axios'

axios.defaults.adapter = 'fetch'
