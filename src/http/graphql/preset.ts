import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter'
import { PortuguesePlugin } from './inflection.ts'
import { NullsPlugin } from './nulls.ts'
import { PagesPlugin } from './pages.ts'
import { FunctionsPlugin, NamesPlugin } from './tags.ts'

/** The schema itself; where it is read from and how it is served is added elsewhere. */
export const SCHEMA_PRESET: GraphileConfig.Preset = {
  extends: [PostGraphileAmberPreset, PostGraphileConnectionFilterPreset],
  plugins: [PortuguesePlugin, NamesPlugin, FunctionsPlugin, PagesPlugin, NullsPlugin],
  disablePlugins: [
    // Global identifiers: we know rows by their keys.
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
    // Only functions write.
    'PgMutationCreatePlugin',
    'PgMutationUpdateDeletePlugin',
    'SubscriptionPlugin',
    // We use `filter` instead.
    'PgConditionArgumentPlugin',
    'PgConditionCustomFieldsPlugin',
    'PgConnectionArgFilterBackwardRelationsPlugin',
    // names.ts decides what is shown; the database decides at every call what is allowed.
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
