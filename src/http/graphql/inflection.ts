import { TABLES, TYPES } from './names.ts'

const NAMES = Object.values({ ...TABLES, ...TYPES })
const PLURAL = new Map(
  NAMES.flatMap(([one, many]) => [[one, many] as const, [camel(one), camel(many)] as const]),
)
const SINGULAR = new Map([...PLURAL].map(([one, many]) => [many, one]))

/** The English inflector knows no Portuguese: names stay singular, and those listed by us have a plural. */
export const PortuguesePlugin: GraphileConfig.Plugin = {
  name: 'PortuguesePlugin',
  version: '1.0.0',
  inflection: {
    replace: {
      pluralize: (_previous, _preset, text) => PLURAL.get(text) ?? PLURAL.get(lowerFirst(text)) ?? text,
      singularize: (_previous, _preset, text) => SINGULAR.get(text) ?? text,
      // There are no global identifiers with which the column could be confused.
      _attributeName(previous, _preset, details) {
        const name = previous?.(details) ?? ''
        return name === 'row_id' ? 'id' : name
      },
      allRowsConnection(_previous, _preset, resource) {
        return this.camelCase(this.pluralize(this._singularizedResourceName(resource)))
      },
      rowByUnique(previous, _preset, details) {
        const { unique, resource } = details
        return unique.isPrimary
          ? this.camelCase(this._singularizedResourceName(resource))
          : (previous?.(details) ?? '')
      },
      // sessao_id leads to `sessao`. The rule's key is its name, already a column: `regraRegistrada` is the whole rule.
      _singleRelationRaw(previous, _preset, details) {
        const relation = details.registry.pgRelations[details.codec.name]?.[details.relationName]
        const [column = ''] = relation?.localAttributes ?? []
        if (relation?.extensions?.tags?.['fieldName'] !== undefined) return previous?.(details) ?? ''
        return column === 'regra' ? 'regra_registrada' : column.replace(/_id$/, '')
      },
      _manyRelationRaw(_previous, _preset, details) {
        const relation = details.registry.pgRelations[details.codec.name]?.[details.relationName]
        return this.pluralize(this._singularizedCodecName(relation?.remoteResource.codec as never))
      },
      functionMutationResultFieldName: () => 'resultado',
    },
  },
}

function camel(snake: string): string {
  return snake.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
