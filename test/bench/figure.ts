// How cost grows with rows, from several runs: `node test/bench/figure.ts docs/growth.svg a.json b.json c.json` draws one picture with a
// line for each work that all runs have measured in seconds.
import { readFileSync, writeFileSync } from 'node:fs'
import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { median, type Result } from './harness.ts'
import type { Machine } from './report.ts'

echarts.use([LineChart, GridComponent, LegendComponent, SVGRenderer])

interface Run {
  readonly machine: Pick<Machine, 'rows'>
  readonly results: readonly Pick<Result, 'name' | 'unit' | 'runs'>[]
}

type Point = [rows: number, seconds: number]

/** Both axes are logarithmic, where a straight line of slope one is a cost in proportion to the rows. */
function growthSvg(lines: ReadonlyMap<string, readonly Point[]>): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 940, height: 400 })
  const axis = { type: 'log', nameLocation: 'middle' } as const
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      legend: { orient: 'vertical', left: 660, top: 'middle' },
      grid: { left: 72, right: 310, top: 20, bottom: 52 },
      xAxis: { ...axis, name: 'rows', nameGap: 28, min: 'dataMin', max: 'dataMax' },
      yAxis: { ...axis, name: 'seconds', nameGap: 48 },
      series: [...lines].map(([name, data]) => ({ type: 'line', symbolSize: 8, name, data: [...data] })),
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

const [file = '', ...files] = process.argv.slice(2)
const all = files.map((name) => JSON.parse(readFileSync(name, 'utf8')) as Run)
const runs = all.sort((a, b) => a.machine.rows - b.machine.rows)
if (file === '' || runs.length < 2) {
  console.error('node test/bench/figure.ts PICTURE.svg RUN.json RUN.json …')
  process.exit(2)
}
const lines = new Map<string, Point[]>()
for (const { name, unit } of runs[0]?.results ?? []) {
  const points = runs.flatMap(({ machine, results }): Point[] => {
    const same = results.find((result) => result.name === name)
    return same ? [[machine.rows, median(same.runs)]] : []
  })
  if (unit === 's' && points.length === runs.length) lines.set(name, points)
}
writeFileSync(file, growthSvg(lines))
