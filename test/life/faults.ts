// Faults planted in the engine, one at a time: a text in a file in sql/, its broken form, and a life that does not survive it.
// `npm run faults` finds such lives by chance; faults.test.ts runs these.
import type { Mutation } from '../mutation/mutation.ts'

export interface Fault extends Mutation {
  readonly life: string
}

const session = (mode: 'auto' | 'manual', rules: string[] | null = ['rotulo']) =>
  JSON.stringify(['session', { mode, rules, window: 'all', simulate: false, dies: null }])
const [auto, manual] = [session('auto'), session('manual')]
const edit = (set: string) => JSON.stringify(['edit', { row: 1, many: 5, set, loads: true }])
const load = JSON.stringify(['load', { row: 1, many: 5, how: 'other' }])
const setting = (key: string, value: number) => JSON.stringify(['setting', { setting: [key, value] }])
const approve = (who = 'ana', many = 6) => JSON.stringify(['approve', { who, pick: 0, many, dies: null }])
const answer = (how: string) => JSON.stringify(['answer', { who: 'ana', pick: 0, many: 3, dies: null, how }])
const whim = (does: string) => JSON.stringify(['whim', { row: 1, does }])
const rollBack = (what: 'findings' | 'operation' | 'session', pick = 0) =>
  JSON.stringify(['rollBack', { who: 'ana', pick, many: 6, dies: null, what, wrong: false }])
const asked = [
  JSON.stringify(['request', { mode: 'auto', rules: ['rotulo'], window: 'all' }]),
  JSON.stringify(['work', { worker: 0, stop: null, dies: false }]),
]

const of = (file: string, ...faults: readonly [from: string, to: string, ...life: string[]][]): Fault[] =>
  faults.map(([from, to, ...life]) => ({ file, from, to, life: life.join() }))

export const FAULTS: readonly Fault[] = [
  ...of(
    'motor/correcao/aplicar_grupo.sql',
    ["l.impressao = %s)', v_de,", "l.impressao = %s)', 'true',", auto, edit("categoria = 'DUVIDA'")],
    [
      '(l.impressao is null or l.impressao = %s)',
      '(true or l.impressao = %s)',
      manual,
      edit("descricao = 'x'"),
      approve(),
    ],
    ["= %s)', v_de, v_mesma,", "= %s)', v_de, 'true',", manual, load, approve()],
    [
      "concat_ws(' and ', v_intacta, aberta)",
      'v_intacta',
      auto,
      '["month",{"month":2,"close":true}]',
      rollBack('session'),
    ],
    [
      'a.divergencia_id, l.reverte_operacao_id, l.de, a.depois',
      'a.divergencia_id, l.reverte_operacao_id, l.de, l.de',
      auto,
    ],
  ),
  ...of('motor/correcao/autoverificar_lote.sql', ['continue when v_janela.chaves is null', 'continue', auto]),
  ...of(
    'motor/correcao/elegiveis.sql',
    ['d.confianca >= elegiveis.regra.limiar', 'true', auto],
    ["#>> '{}')::numeric) < 0", "#>> '{}')::numeric) is not null", auto],
    [
      "c.valores is not null or c.tipo in ('correcao_manual', 'reversao', 'desfazimento')",
      'false',
      auto,
      rollBack('session'),
      auto,
    ],
  ),
  ...of('motor/correcao/verificar_limites.sql', [
    'case when sum(l.linhas) > v_linhas then',
    'case when false then',
    setting('limites.linhas', 3),
    auto,
  ]),
  ...of(
    'motor/correcao/corrigir_lote.sql',
    [
      'count(*) filter (where e.aberta) over w <= v_resto.correcoes and',
      'true and',
      '["rule",{"rule":"rotulo","change":{"concessao_correcoes":3,"concessao_valor":1000000}}]',
      auto,
    ],
    ["if v_desconhecidas <> '{}' then", 'if false then', auto],
  ),
  ...of('motor/correcao/concluir_lote.sql', [
    'set corrigidas = e.corrigidas + c.corrigidas,',
    'set corrigidas = c.corrigidas,',
    auto,
  ]),
  ...of(
    'motor/deteccao/registrar_achados.sql',
    ["else max(c.tipo) = 'excecao' end", 'else true end', manual, answer('rejeitar'), manual],
    ["max(c.tipo), '') <> 'confirmacao'", "max(c.tipo), '') <> 'outra'", manual, answer('confirmar'), manual],
  ),
  ...of('motor/deteccao/fechar_ausentes.sql', [
    'where d.id = a.id and d.id in (select l.id from livre l)\n    returning',
    'where d.id = a.id and false\n    returning',
    manual,
    edit("categoria = 'OUTRA'"),
    manual,
  ]),
  ...of('motor/deteccao/reabrir_desfeitas.sql', [
    "and d.status = 'corrigida') then",
    "and d.status = 'nenhuma') then",
    auto,
    edit("categoria = 'ERRADA'"),
    auto,
  ]),
  ...of('motor/deteccao/anotar_execucao.sql', [
    "when s.modo = 'auto' and r.automatica then",
    'when r.automatica then',
    manual,
  ]),
  ...of('motor/deteccao/guardar_codigo.sql', ['where v_hash is not null and', 'where false and', manual]),
  ...of(
    'motor/reversao/reverter_lote.sql',
    [
      "when l.resultado = 'aplicada' then 'corrigida'",
      "when l.resultado = 'aplicada' then 'resolvida'",
      auto,
      rollBack('session'),
      rollBack('operation'),
    ],
    [
      "v_aplicadas + count(*) filter (where l.resultado = 'aplicada'),",
      'v_aplicadas + count(*),',
      auto,
      edit("categoria = 'DUVIDA'"),
      rollBack('session'),
    ],
  ),
  ...of('motor/reversao/exigir_revisores.sql', [
    'coalesce(d.valor_decisao >= v_dupla, true)',
    'false',
    auto,
    rollBack('session'),
    setting('aprovacao.valor_dupla', 100),
    rollBack('operation'),
  ]),
  ...of(
    'pessoas/decisao/aprovar.sql',
    [
      'or d.valor_decisao < v_dupla and d.valores_digitados is null)',
      'or d.valor_decisao < v_dupla)',
      manual,
      whim('recusa'),
      '["type",{"who":"ana","pick":0,"value":"OUTRA"}]',
      approve('bruno', 1),
      whim('nada'),
      approve('bruno', 1),
    ],
    [
      'or d.valor_decisao < v_dupla and',
      'or true and',
      setting('aprovacao.valor_dupla', 100),
      manual,
      approve(),
    ],
  ),
  ...of('motor/sessao/finalizar_sessao.sql', [
    "when v_mensagem is not null then 'concluida_com_falhas'",
    "when false then 'concluida_com_falhas'",
    '["rule",{"rule":"importe","change":"breaks"}]',
    session('auto', null),
  ]),
  ...of('motor/selo/selar_operacao.sql', [
    'and o.selo is null\n    and not',
    "and o.selo is null and o.tipo <> 'reversao'\n    and not",
    auto,
    rollBack('session'),
  ]),
  ...of('motor/selo/selar.sql', [
    'int8send(v_cadeia.elo + f.n) || f.resumo',
    'int8send(v_cadeia.elo) || f.resumo',
    ...asked,
  ]),
]
