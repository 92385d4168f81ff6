import { render } from 'preact'
import type { DashboardState } from '../state.ts'
import { App } from './app.tsx'
import { followServer } from './live-state.ts'
import './style.css'

const first: DashboardState = JSON.parse(document.getElementById('state')?.textContent ?? '')
const root = document.getElementById('app')
if (root) render(<App live={followServer(first)} />, root)
