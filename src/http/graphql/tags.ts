import { type PgSmartTagRule, pgSmartTags } from 'postgraphile/utils'
import { FIELDS, HIDDEN_COLUMNS, KEYS, LARGE, MUTATIONS, ORDERED, QUERIES, TABLES, TYPES } from './names.ts'

const NOTHING = { behavior: '-*' }
const SHOWN = new Set([...MUTATIONS, ...QUERIES, ...Object.keys(FIELDS)])
/** Types of columns that nobody compares or sorts by. */
const SHAPELESS = new Set(['jsonb', 'json', 'bytea', '_text', 'interval'])

interface Column {
  readonly attname: string
  getClass(): { readonly relname: string } | undefined
}
const hidden = (column: Column) => HIDDEN_COLUMNS.includes(`${column.getClass()?.relname}.${column.attname}`)

interface InSchema {
  getNamespace(): { readonly nspname: string } | undefined
}
const inAudit = (entity: InSchema) => entity.getNamespace()?.nspname === 'audit'

const rules: PgSmartTagRule[] = [
  ...Object.entries({ ...TABLES, ...TYPES }).map(
    ([relation, [one]]): PgSmartTagRule => ({
      kind: 'class',
      match: `audit.${relation}`,
      tags: { name: one, ...KEYS[relation] },
    }),
  ),
  ...Object.entries(FIELDS).map(
    ([name, fieldName]): PgSmartTagRule => ({
      kind: 'procedure',
      match: `audit.${name}`,
      tags: { fieldName },
    }),
  ),
  {
    kind: 'procedure',
    match: (procedure) => ORDERED.includes(procedure.proname),
    tags: { behavior: ['+order'] },
  },
  {
    kind: 'class',
    match: (relation) => inAudit(relation) && !(relation.relname in TABLES) && !(relation.relname in TYPES),
    tags: NOTHING,
  },
  {
    kind: 'attribute',
    match: hidden,
    tags: NOTHING,
  },
  {
    kind: 'attribute',
    // The behaviour of a later rule replaces that of an earlier one.
    match: (attribute) => !hidden(attribute) && SHAPELESS.has(attribute.getType()?.typname ?? ''),
    tags: { behavior: ['-filterBy', '-orderBy'] },
  },
  {
    kind: 'attribute',
    // PostGraphile does not look for indexes on a table partitioned by month.
    match: (attribute) => {
      const relation = attribute.getClass()
      return (
        relation?.relkind === 'p' &&
        inAudit(relation) &&
        !hidden(attribute) &&
        !relation.getIndexes().some(({ indkey }) => indkey?.[0] === attribute.attnum)
      )
    },
    tags: { behavior: ['-filterBy', '-orderBy'] },
  },
  {
    kind: 'attribute',
    match: (attribute) => {
      const relation = attribute.getClass()
      if (relation === undefined || !inAudit(relation)) return false
      const allowed = LARGE[relation.relname]
      return allowed === undefined || allowed.includes(attribute.attname)
    },
    tags: { isIndexed: true },
  },
  { kind: 'constraint', match: (constraint) => inAudit(constraint), tags: { isIndexed: true } },
  // One way to one row: its key.
  {
    kind: 'constraint',
    match: (constraint) => inAudit(constraint) && constraint.contype === 'u',
    tags: { behavior: '-single' },
  },
]

export const NamesPlugin: GraphileConfig.Plugin = pgSmartTags(rules, null, { name: 'NamesPlugin' })

/**
 * Skips functions that are not shown, because PostGraphile complains about arguments of any type, and leaves the month of a partition out
 * of the keys.
 */
export const FunctionsPlugin: GraphileConfig.Plugin = {
  name: 'FunctionsPlugin',
  version: '1.0.0',
  gather: {
    hooks: {
      pgIntrospection_introspection(_, { introspection }) {
        const { procs } = introspection
        const looked = procs.filter((procedure) => !inAudit(procedure) || SHOWN.has(procedure.proname))
        procs.splice(0, procs.length, ...looked) // in place, because PostGraphile already holds the list
        for (const constraint of introspection.constraints.filter(({ contype }) => contype === 'p')) {
          const months = constraint
            .getClass()
            ?.getAttributes()
            .filter(hidden)
            .map(({ attnum }) => attnum)
          constraint.conkey = constraint.conkey?.filter((number) => !months?.includes(number)) ?? null
        }
      },
    },
  },
}
