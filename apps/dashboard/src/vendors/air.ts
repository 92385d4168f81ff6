import type { Api } from './api.ts'
import { type Json, toJson } from './json.ts'
import { ApiProblem } from './problem.ts'
import type { Reading } from './reading.ts'

/** The air of one room. */
interface Air {
  readonly room: string
  /** ppm */
  readonly co2: number | undefined
  readonly temperature: string | undefined
  /** Percent. */
  readonly humidity: number | undefined
}

/** https://consumer-api-doc.airthings.com; the first account's devices. */
export async function readConsumer(api: Api): Promise<Reading> {
  const [account] = (await api.get('/v1/accounts')).member('accounts').items()
  if (account === undefined) throw new ApiProblem('the client sees no account')
  const path = `/v1/accounts/${account.member('id').text()}`
  const [devices, sensors] = await Promise.all([api.get(`${path}/devices`), api.get(`${path}/sensors`)])
  const names = new Map(devices.member('devices').items().map(nameOf))
  const rooms = sensors.member('results').items()
  return airReading(
    rooms.map((room) => airOf(names.get(room.member('serialNumber').value), room.member('sensors').items())),
  )
}

function nameOf(device: Json): [serialNumber: unknown, name: unknown] {
  return [device.member('serialNumber').value, device.member('name').value]
}

/** https://developer.airthings.com/api-docs; the first device that has measured, since the quota is per request. */
export async function readBusiness(api: Api): Promise<Reading> {
  const devices = (await api.get('/v1/devices')).member('devices').items()
  const device = devices.find((candidate) => candidate.member('sensors').items().length > 0)
  if (device === undefined) throw new ApiProblem('the client sees no device with sensors')
  const samples = await api.get(`/v1/devices/${device.member('id').text()}/latest-samples`)
  const measured = (sensorType: string, unit: string) =>
    toJson({ sensorType, value: samples.member('data').member(sensorType).value, unit }, sensorType)
  const sensors = [measured('co2', 'ppm'), measured('temp', 'c'), measured('humidity', 'pct')]
  return airReading([airOf(device.member('segment').member('name').value, sensors)])
}

function airOf(name: unknown, sensors: readonly Json[]): Air {
  const sensor = (type: string) => sensors.find((each) => each.member('sensorType').value === type)
  const numberOf = (type: string) => {
    const value = sensor(type)?.member('value').value
    return typeof value === 'number' ? value : undefined
  }
  const temperature = numberOf('temp')
  const unit = sensor('temp')?.member('unit').value === 'f' ? '°F' : '°C'
  return {
    room: typeof name === 'string' ? name : 'Device',
    co2: numberOf('co2'),
    temperature: temperature === undefined ? undefined : `${temperature} ${unit}`,
    humidity: numberOf('humidity'),
  }
}

function airReading(rooms: readonly Air[]): Reading {
  const measured = rooms.filter((air): air is Air & { co2: number } => air.co2 !== undefined)
  const [stuffiest] = measured.toSorted((one, other) => other.co2 - one.co2)
  return {
    lines: rooms.map(describeAir),
    headline: stuffiest
      ? { value: String(stuffiest.co2), label: `ppm CO₂, ${stuffiest.room.toLowerCase()}` }
      : { value: String(rooms.length), label: 'rooms' },
    chart: {
      title: 'CO₂ per room, ppm',
      kind: 'rows',
      points: measured.map((air) => ({ label: air.room, value: air.co2, note: noteOf(air) })),
    },
  }
}

function noteOf({ temperature, humidity }: Air): string {
  return [temperature, humidity === undefined ? undefined : `${humidity} %`].filter(Boolean).join(' · ')
}

function describeAir({ room, co2, temperature }: Air): string {
  const texts = [co2 === undefined ? undefined : `CO₂ ${co2} ppm`, temperature].filter(Boolean)
  return `${room}: ${texts.join(', ') || 'no CO₂, no temperature'}`
}
