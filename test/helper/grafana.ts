/**
 * Expands the macros of Grafana's PostgreSQL data source like its query engine, including its limits: an argument ends at the first
 * closing parenthesis. https://grafana.com/docs/grafana/latest/datasources/postgres/query-editor/#macros
 */
export function expandMacros(sql: string, { from, to }: { readonly from: Date; readonly to: Date }): string {
  return sql.replace(/\$([_a-zA-Z0-9]+)\(([^)]*)\)/g, (_, name: string, given: string) => {
    const [column = '', interval = ''] = given.split(',').map((argument) => argument.trim())
    if (name === '__timeFilter') {
      return `${column} BETWEEN '${from.toISOString()}' AND '${to.toISOString()}'`
    }
    if (name === '__timeGroupAlias') return `${group(column, interval)} AS "time"`
    if (name === '__timeGroup') return group(column, interval)
    throw new Error(`the macro ${name} is not known here`)
  })
}

const SECONDS = { m: 60, h: 3600, d: 86_400 }

function group(column: string, interval: string): string {
  const [, number, unit] = /^'?(\d+)([mhd])'?$/.exec(interval) ?? []
  if (number === undefined) throw new Error(`an interval such as '1d', not ${interval}`)
  const seconds = Number(number) * SECONDS[unit as 'm']
  return `floor(extract(epoch from ${column})/${seconds})*${seconds}`
}
