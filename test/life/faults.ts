// Faults planted in the engine, one at a time, for lives to find: what stands in a file below sql/, and what it is broken into.
import { of } from '../mutation/mutation.ts'

export const FAULTS = [
  ...of(
    'motor/correcao/aplicar_grupo.sql',
    [
      "  v_intacta := format('%s and %s and (l.impressao is null or l.impressao = %s)', v_de,",
      "  v_intacta := format('%s and %s and (l.impressao is null or l.impressao = %s)', 'true',",
    ],
    ['(l.impressao is null or l.impressao = %s)', '(true or l.impressao = %s)'],
    ["= %s)', v_de, v_mesma,", "= %s)', v_de, 'true',"],
    ["concat_ws(' and ', v_intacta, aberta)", 'v_intacta'],
    [
      'a.divergencia_id, l.reverte_operacao_id, l.de, a.depois',
      'a.divergencia_id, l.reverte_operacao_id, l.de, l.de',
    ],
  ),
  ...of('motor/correcao/autoverificar_lote.sql', ['continue when v_janela.chaves is null', 'continue']),
  ...of(
    'motor/correcao/elegiveis.sql',
    ['d.confianca >= elegiveis.regra.limiar', 'true'],
    ["#>> '{}')::numeric) < 0", "#>> '{}')::numeric) is not null"],
    ["c.valores is not null or c.tipo in ('correcao_manual', 'reversao', 'desfazimento')", 'false'],
  ),
  ...of('motor/correcao/verificar_limites.sql', [
    'case when sum(l.linhas) > v_linhas then',
    'case when false then',
  ]),
  ...of(
    'motor/correcao/corrigir_lote.sql',
    ['row_number() over w <= v_resto.correcoes and', 'true and'],
    ["if v_desconhecidas <> '{}' then", 'if false then'],
  ),
  ...of('motor/correcao/concluir_lote.sql', [
    'set corrigidas = e.corrigidas + c.corrigidas,',
    'set corrigidas = c.corrigidas,',
  ]),
  ...of(
    'motor/deteccao/registrar_achados.sql',
    ["else max(c.tipo) = 'excecao' end", 'else true end'],
    ["max(c.tipo), '') <> 'confirmacao'", "max(c.tipo), '') <> 'outra'"],
    ['where d.sessao_ultima_id <> excluded.sessao_ultima_id', 'where true'],
  ),
  ...of('motor/deteccao/fechar_ausentes.sql', [
    'where d.id = a.id and audit.aguarda_pessoa(d.status)\n    returning',
    'where d.id = a.id and false\n    returning',
  ]),
  ...of('motor/deteccao/reabrir_desfeitas.sql', [
    "and d.status = 'corrigida') then",
    "and d.status = 'nenhuma') then",
  ]),
  ...of('motor/deteccao/anotar_execucao.sql', [
    "when s.modo = 'auto' and r.automatica then",
    'when r.automatica then',
  ]),
  ...of(
    'motor/reversao/reverter_lote.sql',
    ["when l.resultado = 'aplicada' then 'corrigida'", "when l.resultado = 'aplicada' then 'resolvida'"],
    [
      "p.operacao_id > a.operacao_id) then 'superada'",
      "p.operacao_id > a.operacao_id and false) then 'superada'",
    ],
    ["v_aplicadas + count(*) filter (where l.resultado = 'aplicada'),", 'v_aplicadas + count(*),'],
  ),
  ...of('motor/reversao/exigir_revisores.sql', ['coalesce(d.valor_decisao >= v_dupla, true)', 'false']),
  ...of(
    'pessoas/decisao/aprovar.sql',
    ['or d.valor_decisao < v_dupla and d.valores_digitados is null)', 'or d.valor_decisao < v_dupla)'],
    ['or d.valor_decisao < v_dupla and', 'or true and'],
  ),
  ...of('motor/sessao/finalizar_sessao.sql', [
    "when v_mensagem is not null then 'concluida_com_falhas'",
    "when false then 'concluida_com_falhas'",
  ]),
  ...of('motor/selo/selar_operacao.sql', [
    'and o.selo is null\n',
    "and o.selo is null and o.tipo <> 'reversao'\n",
  ]),
  ...of('motor/selo/selar.sql', [
    'int8send(v_cadeia.elo + f.n) || f.resumo',
    'int8send(v_cadeia.elo) || f.resumo',
  ]),
  ...of('motor/deteccao/guardar_codigo.sql', ['where v_hash is not null and', 'where false and']),
]
