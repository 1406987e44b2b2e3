import type { ParsedOptions, PostgresType } from 'postgres'
import { parse } from 'postgres-array'

/** PostgreSQL's own array types, which have the same numbers everywhere, and their element types. */
const ELEMENT: Readonly<Record<number, number>> = {
  199: 114, // json
  1000: 16, // boolean
  1001: 17, // bytea
  1002: 18, // "char"
  1003: 19, // name
  1005: 21, // smallint
  1007: 23, // integer
  1009: 25, // text
  1014: 1042, // character
  1015: 1043, // character varying
  1016: 20, // bigint
  1021: 700, // real
  1022: 701, // double precision
  1028: 26, // oid
  1041: 869, // inet
  1115: 1114, // timestamp
  1182: 1082, // date
  1183: 1083, // time
  1185: 1184, // timestamp with time zone
  1187: 1186, // interval
  1231: 1700, // numeric
  2951: 2950, // uuid
  3807: 3802, // jsonb
}

type Converters = Pick<ParsedOptions, 'parsers' | 'serializers'>

/**
 * Arrays as the driver's `types`: each element is read and written like a single value.
 * @param converters for the elements, once they exist
 */
export function arrayTypes(converters: () => Converters): Record<string, PostgresType> {
  return Object.fromEntries(
    Object.entries(ELEMENT).map(([array, element]) => [
      `array_${array}`,
      {
        to: Number(array),
        from: [Number(array)],
        parse: (text: string) => parse(text, converters().parsers[element] ?? String),
        serialize: (values: unknown) => literal(values, converters().serializers[element] ?? String),
      },
    ]),
  )
}

/** An array in PostgreSQL's syntax. Anything else, such as a text already in that syntax, stays as it is. */
function literal(values: unknown, element: (value: unknown) => unknown): unknown {
  if (!Array.isArray(values)) return values
  const written = values.map((value) => {
    if (Array.isArray(value)) return literal(value, element)
    if (value === undefined) throw new TypeError('an array with undefined in it: null is meant, or nothing')
    return value === null ? 'null' : `"${String(element(value)).replace(/["\\]/g, '\\$&')}"`
  })
  return `{${written.join(',')}}`
}
