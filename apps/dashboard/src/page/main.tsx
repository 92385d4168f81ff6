import { render } from 'preact'
import type { DashboardState } from '../state.ts'
import { App } from './app.tsx'
import { followServer } from './live-state.ts'
import { createTour } from './tour.ts'
import './styles/page.css'
import './styles/overview.css'
import './styles/card.css'
import './styles/controls.css'

const first: DashboardState = JSON.parse(document.getElementById('state')?.textContent ?? '')
const root = document.getElementById('app')
const live = followServer(first)
if (root) render(<App live={live} tour={createTour(live)} />, root)
