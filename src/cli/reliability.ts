import { LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

echarts.use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer])

export interface Point {
  /** Mean confidence of the band, 0 to 1. */
  readonly confidence: number
  /** Share of the judged suggestions that were right, 0 to 1. */
  readonly precision: number
  /** How many were judged. */
  readonly judged: number
}

export interface Words {
  readonly title: string
  readonly confidence: string
  readonly precision: string
  readonly ideal: string
}

/**
 * The reliability diagram as an SVG document: each band's precision over its mean confidence, larger the more were judged, against
 * the diagonal where both are equal (DeGroot and Fienberg 1983).
 */
export function reliabilitySvg(series: ReadonlyMap<string, readonly Point[]>, words: Words): string {
  const most = Math.max(1, ...[...series.values()].flat().map(({ judged }) => judged))
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 720, height: 640 })
  const axis = { type: 'value', min: 0, max: 1, interval: 0.1, nameLocation: 'middle' } as const
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      title: { text: words.title, left: 'center', top: 12 },
      legend: { bottom: 8, data: [...series.keys(), words.ideal] },
      grid: { left: 72, right: 32, top: 56, bottom: 96 },
      xAxis: { ...axis, name: words.confidence, nameGap: 32 },
      yAxis: { ...axis, name: words.precision, nameGap: 44 },
      series: [
        ...[...series].map(([name, points]) => ({
          type: 'line' as const,
          name,
          data: points.map(({ confidence, precision, judged }) => ({
            value: [confidence, precision, judged],
            symbolSize: 6 + 18 * Math.sqrt(judged / most),
          })),
          symbol: 'circle',
          label: { show: true, position: 'bottom' as const, formatter: 'n = {@[2]}', fontSize: 10 },
          labelLayout: { hideOverlap: true },
        })),
        {
          type: 'line',
          name: words.ideal,
          data: [
            [0, 0],
            [1, 1],
          ],
          symbol: 'none',
          silent: true,
          lineStyle: { type: 'dashed', color: '#888888', width: 1 },
          itemStyle: { color: '#888888' },
        },
      ],
    })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}
