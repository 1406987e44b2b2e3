/** Values as the view writes them, with another decimal mark. */
export const asText = (json: string, mark: ',' | '.') =>
  `(select case when count(*) = 1 then min(j.x) else string_agg(concat(j.key, ': ', j.x), '; ') end
    from (select key, case jsonb_typeof(value) when 'number' then translate(value #>> '{}', '.', '${mark}')
      else value #>> '{}' end as x from jsonb_each(${json})) as j)`

// = + - @, tab, line feed, carriage return, and the full-width signs, which begin formulas in East Asian spreadsheets
const FORMULA = '61, 43, 45, 64, 9, 10, 13, 65309, 65291, 65293, 65312'

/** Puts an apostrophe before a text that a spreadsheet would take for a formula, as OWASP advises. */
export const harmless = (text: string) =>
  `case when ascii(${text}) in (${FORMULA}) then '''' || ${text} else ${text} end`

/** The same for values: a plain number is not a formula, whatever its sign. */
export const harmlessValues = (json: string) =>
  `(select case when ascii(x) in (${FORMULA}) and x !~ '^-?\\d+(\\.\\d+)?$' then '''' || x else x end
    from (select ${asText(json, '.')} as x offset 0) as t)`
