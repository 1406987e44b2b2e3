import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { BarChart, ScatterChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

echarts.use([BarChart, ScatterChart, GridComponent, SVGRenderer])

const drawing = readFile(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))).then(initWasm)

export const TREND = { width: 536, height: 84 } as const

// Middle tones on a transparent ground stand out from white and from near-black alike (3:1 and more on both).
const PAST = '#5b84d6'
const TODAY = '#d9822b'
const SILENT = '#8593aa'

/**
 * Bars of a count a day, the last one marked. A day without a count is a dot below the line, so nobody takes it for zero. No
 * text in the picture: it needs no font, and the numbers stand beside it.
 * @returns a PNG at twice the size it is shown in
 */
export async function trendPng(days: readonly (number | null)[]): Promise<Buffer> {
  await drawing
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...TREND })
  const most = Math.max(1, ...days.map((n) => n ?? 0))
  try {
    chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      grid: { left: 0, right: 0, top: 2, bottom: 2 },
      xAxis: { type: 'category', data: days.map((_, i) => i), show: false },
      yAxis: { type: 'value', min: -most * 0.18, max: most, show: false },
      series: [
        {
          type: 'bar',
          barCategoryGap: '28%',
          data: days.map((n, i) => ({
            // A zero is a thin line: something ran, and found nothing new.
            value: n === null ? null : Math.max(n, most * 0.03),
            itemStyle: { color: i === days.length - 1 ? TODAY : PAST, borderRadius: [2, 2, 0, 0] },
          })),
        },
        {
          type: 'scatter',
          symbolSize: 5,
          itemStyle: { color: SILENT },
          data: days.flatMap((n, i) => (n === null ? [[i, -most * 0.09]] : [])),
        },
      ],
    })
    const svg = chart.renderToSVGString()
    const picture = new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 } })
    const image = picture.render()
    const png = Buffer.from(image.asPng())
    image.free()
    picture.free()
    return png
  } finally {
    chart.dispose()
  }
}
