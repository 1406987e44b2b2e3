import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter'
import { PortuguesePlugin } from './inflection.ts'
import { NullsPlugin } from './nulls.ts'
import { PagesPlugin } from './pages.ts'
import { FunctionsPlugin, NamesPlugin } from './tags.ts'

/** What the schema is made of; where it is read from and how it is served comes on top. */
export const SCHEMA_PRESET: GraphileConfig.Preset = {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  plugins: [PortuguesePlugin, NamesPlugin, FunctionsPlugin, PagesPlugin, NullsPlugin],
  disablePlugins: [
    // Global identifiers: rows are known by their keys.
    'NodePlugin',
    'NodeAccessorPlugin',
    'AddNodeInterfaceToSuitableTypesPlugin',
    'RegisterQueryNodePlugin',
    'PgTableNodePlugin',
    'PgNodeIdAttributesPlugin',
    // Ways back to the root, through which a query could nest for ever.
    'QueryQueryPlugin',
    'MutationPayloadQueryPlugin',
    'PgMutationPayloadEdgePlugin',
    // Writing goes through functions alone.
    'PgMutationCreatePlugin',
    'PgMutationUpdateDeletePlugin',
    'SubscriptionPlugin',
    // `filter` does it.
    'PgConditionArgumentPlugin',
    'PgConditionCustomFieldsPlugin',
    'PgConnectionArgFilterBackwardRelationsPlugin',
    // What is shown is decided in names.ts; what is allowed, by the database at every call.
    'PgRBACPlugin',
    'PgJWTPlugin',
  ],
  gather: { pgStrictFunctions: true },
  schema: {
    defaultBehavior: '-insert -update -delete -list',
    connectionFilterAllowedOperators: [
      'isNull',
      'equalTo',
      'notEqualTo',
      'in',
      'notIn',
      'lessThan',
      'lessThanOrEqualTo',
      'greaterThan',
      'greaterThanOrEqualTo',
    ],
    connectionFilterAllowedFieldTypes: [
      'String',
      'Int',
      'Float',
      'Boolean',
      'BigInt',
      'BigFloat',
      'Date',
      'Datetime',
    ],
    connectionFilterArrays: false,
    connectionFilterComputedColumns: false,
    connectionFilterSetofFunctions: false,
    connectionFilterRelations: true,
    connectionFilterAllowNullInput: true,
    connectionFilterAllowEmptyObjectInput: true,
  },
}
