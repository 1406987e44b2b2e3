import type { PgCodecWithAttributes, PgCondition, PgSelectQueryBuilder } from 'postgraphile/@dataplan/pg'
import type { SQL } from 'postgraphile/pg-sql2'
import { JSON_NULL, NEVER_NULL } from './names.ts'

type OrderBy = (query: PgSelectQueryBuilder) => void
type Where = (condition: PgCondition, value: unknown) => unknown

const WITH_NULLS: Readonly<Record<string, string>> = {
  notEqualTo: 'Not equal to the specified value; rows that have none are among them.',
  notIn: 'Not included in the specified list; rows that have no value are among them.',
}

const nothing = () => {}

/**
 * Keeps rows that have no value, or the same value as others, from being lost between two pages or left out by "is not".
 * PostGraphile 5.1 looks for rows without a value on the wrong side of a cursor, takes the first column of any unique constraint
 * for unique by itself, and SQL's <> is not true where there is no value.
 */
export const NullsPlugin: GraphileConfig.Plugin = {
  name: 'NullsPlugin',
  version: '1.0.0',
  after: ['PgOrderAllAttributesPlugin', 'PgConnectionArgFilterOperatorsPlugin'],
  gather: {
    hooks: {
      pgCodecs_attribute(_info, { pgClass, pgAttribute, attribute }) {
        if (JSON_NULL.includes(`${pgClass.relname}.${pgAttribute.attname}`)) attribute.notNull = false
      },
    },
  },
  schema: {
    hooks: {
      // Sorted first by whether there is a value: on one side of a cursor all rows have one, on the other none.
      GraphQLEnumType_values(values, build, { scope: { isPgRowSortEnum, pgCodec } }) {
        if (!isPgRowSortEnum || !pgCodec?.attributes) return values
        const { sql, inflection } = build
        const owner = pgCodec as PgCodecWithAttributes
        const never = NEVER_NULL[pgCodec.extensions?.pg?.name ?? ''] ?? []
        const uniques = build.pgTableResource(owner)?.uniques ?? []
        for (const [name, { notNull, codec }] of Object.entries(pgCodec.attributes)) {
          const always = notNull || codec.notNull || never.includes(name)
          const unique =
            always && uniques.some(({ attributes }) => attributes.length === 1 && attributes[0] === name)
          if (unique) continue
          for (const variant of ['asc', 'desc'] as const) {
            const value =
              values[inflection.orderByAttributeEnum({ codec: owner, attributeName: name, variant })]
            const grafast = value?.extensions?.grafast as { apply?: OrderBy } | undefined
            const apply = grafast?.apply
            if (grafast === undefined || apply === undefined) continue
            grafast.apply = (query) => {
              if (!always) {
                query.orderBy({
                  fragment: sql`(${query.alias}.${sql.identifier(name)} is null)`,
                  codec: build.dataplanPg.TYPES.boolean,
                  direction: variant === 'asc' ? 'ASC' : 'DESC',
                  nullable: false,
                })
              }
              apply(Object.create(query, { setOrderIsUnique: { value: nothing } }))
            }
          }
        }
        return values
      },
      GraphQLInputObjectType_fields_field(field, build, { scope }) {
        const { sql } = build
        const apply = (field as { apply?: Where }).apply as Where
        const description = WITH_NULLS[scope.fieldName]
        if (scope.isPgConnectionFilterOperator && description !== undefined) {
          const whole = (where: PgCondition) => ({
            where: { value: (fragment: SQL) => where.where(sql`(${fragment}) is not false`) },
          })
          return {
            ...field,
            description,
            apply: (where: PgCondition, value: unknown) => apply(Object.create(where, whole(where)), value),
          }
        }
        if (scope.isPgConnectionFilterOperatorLogical && scope.fieldName === 'not') {
          const notTrue = (where: PgCondition) => ({
            notPlan: {
              value() {
                const not = where.notPlan()
                const add = not.where.bind(not)
                return Object.assign(not, { where: (fragment: SQL) => add(sql`(${fragment}) is true`) })
              },
            },
          })
          return {
            ...field,
            apply: (where: PgCondition, value: unknown) => apply(Object.create(where, notTrue(where)), value),
          }
        }
        return field
      },
    },
  },
}
