import type { JSX } from 'preact'
import type { TokenState } from '../state.ts'
import { TipText, useTip } from './explained.tsx'
import { MEANINGS, ringLabel } from './words.ts'

const RADIUS = 31
const ZONE_RADIUS = 38
const CENTER = 42

interface RingProps {
  /** Of the card. */
  readonly id: string
  readonly name: string
  readonly token: TokenState
}

/** How much of the token's life is left; the outer arcs are its soft and its hard window. */
export function Ring({ id, name, token }: RingProps): JSX.Element {
  const life = lifeOf(token)
  const { isOpen, around } = useTip()
  const tip = `${id}-ring`
  return (
    <span class="ring-place" {...around}>
      <svg
        class="ring"
        viewBox="0 0 84 84"
        width="84"
        height="84"
        role="img"
        tabindex={0}
        aria-label={ringLabel(name, token)}
        aria-describedby={tip}
      >
        <circle class={token.state === 'sign-in' ? 'track dead' : 'track'} cx={CENTER} cy={CENTER} r={RADIUS} />
        {life && (
          <>
            <Arc class="zone soft" radius={ZONE_RADIUS} from={life.hard} to={life.soft} />
            <Arc class="zone hard" radius={ZONE_RADIUS} from={0} to={life.hard} />
          </>
        )}
        <Arc
          class={`left ${phaseOf(life, token)}`}
          radius={RADIUS}
          from={0}
          to={life?.left ?? (token.state === 'key' ? 1 : 0)}
        />
        <text x={CENTER} y={CENTER} class={life ? 'figure' : 'figure word'}>
          {figureOf(token)}
        </text>
      </svg>
      <TipText id={tip} text={token.state === 'key' ? MEANINGS.keyRing : MEANINGS.ring} isOpen={isOpen} />
    </span>
  )
}

interface Life {
  /** Shares of the lifetime. */
  readonly left: number
  readonly soft: number
  readonly hard: number
}

function lifeOf(token: TokenState): Life | undefined {
  if (token.state !== 'ready') return undefined
  const { expiresInMs, lifetimeMs, softMs = 0, hardMs = 0 } = token
  if (expiresInMs === undefined || !lifetimeMs) return undefined
  const share = (ms: number) => Math.min(1, Math.max(0, ms / lifetimeMs))
  return { left: share(expiresInMs), soft: share(softMs), hard: share(hardMs) }
}

function phaseOf(life: Life | undefined, token: TokenState): string {
  if (token.state === 'key') return 'forever'
  if (!life) return 'over'
  if (life.left <= life.hard) return 'over'
  return life.left <= life.soft ? 'late' : 'fresh'
}

function figureOf(token: TokenState): string {
  switch (token.state) {
    case 'key':
      return 'key'
    case 'sign-in':
      return 'dead'
    case 'renewing':
      return '…'
    case 'ready':
      return token.expiresInMs === undefined ? '?' : String(Math.max(0, Math.round(token.expiresInMs / 1000)))
  }
}

interface ArcProps {
  readonly class: string
  readonly radius: number
  /** Shares of the circle, from the top, clockwise. */
  readonly from: number
  readonly to: number
}

function Arc({ class: name, radius, from, to }: ArcProps): JSX.Element {
  return (
    <circle
      class={name}
      cx={CENTER}
      cy={CENTER}
      r={radius}
      pathLength={1}
      stroke-dasharray={`${Math.max(0, to - from)} 1`}
      stroke-dashoffset={-from}
      transform={`rotate(-90 ${CENTER} ${CENTER})`}
    />
  )
}
