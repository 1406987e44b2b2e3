// How cost grows with rows, from several runs: `node test/bench/figure.ts docs/performance a.json b.json c.json` writes one picture
// for each work that all runs have measured in seconds.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { median, type Result } from './harness.ts'
import type { Machine } from './report.ts'

echarts.use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

interface Run {
  readonly machine: Machine
  readonly results: readonly Result[]
}

type Point = [rows: number, seconds: number]

/** Both axes are logarithmic, where a straight line of slope one is a cost in proportion to the rows. */
function growthSvg(
  title: string,
  ours: readonly Point[],
  floor: readonly Point[],
  floorName: string,
): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 640, height: 420 })
  const axis = { type: 'log', nameLocation: 'middle' } as const
  const line = { type: 'line', symbolSize: 8 } as const
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      title: { text: title, left: 'center', top: 8, textStyle: { fontSize: 14 } },
      legend: { bottom: 4 },
      grid: { left: 72, right: 24, top: 44, bottom: 84 },
      xAxis: { ...axis, name: 'rows', nameGap: 28, min: 'dataMin', max: 'dataMax' },
      yAxis: { ...axis, name: 'seconds, median', nameGap: 48 },
      series: [
        { ...line, name: 'Conferente', data: [...ours] },
        { ...line, name: floorName, data: [...floor], lineStyle: { type: 'dashed' } },
      ],
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

const [dir = '', ...files] = process.argv.slice(2)
const all = files.map((file) => JSON.parse(readFileSync(file, 'utf8')) as Run)
const runs = all.sort((a, b) => a.machine.rows - b.machine.rows)
if (dir === '' || runs.length < 2) {
  console.error('node test/bench/figure.ts DIRECTORY RUN.json RUN.json …')
  process.exit(2)
}
mkdirSync(dir, { recursive: true })
for (const { name, unit, floor } of runs[0]?.results ?? []) {
  const same = runs.map(({ results }) => results.find((result) => result.name === name))
  if (unit !== 's' || floor === '' || same.some((result) => result === undefined)) continue
  const points = (side: 'runs' | 'floorRuns') =>
    runs.map(({ machine }, i): Point => [machine.rows, median(same[i]?.[side] ?? [])])
  const file = join(dir, `${name}.svg`)
  writeFileSync(file, growthSvg(name, points('runs'), points('floorRuns'), floor))
  console.log(file)
}
