import { of, type Subject } from './mutation.ts'

export const tradeMarketing: Subject = {
  name: 'trade_marketing',
  tests: [
    'test/sql/rules/trade_marketing.test.ts',
    'test/sql/rules/contradicted_code.test.ts',
    'test/sql/rules/proposed_patterns.test.ts',
    'test/sql/rules/pieces.test.ts',
  ],
  mutations: [
    ...of(
      'regras/trade_marketing/regra.sql',
      ["v_descricoes = '{}' and v_fornecedores = '{}'", "v_descricoes = '{}' or v_fornecedores = '{}'"],
      ['- v_meses * 31', '+ v_meses * 31'],
      ['p.fornecedores >= 3', 'p.fornecedores >= 2'],
      ['p.lancamentos >= 5', 'p.lancamentos >= 4'],
      ['>= 0.9 * p.total', '>= 0.5 * p.total'],
      ['f.categoria_dobrada = c.categoria_dobrada', 'true'],
      ['q.provado then o.confianca', 'true then o.confianca'],
      ['least(coalesce(t.contra, 0), v_alheio)', 'coalesce(t.contra, 0)'],
      ['case when b.sem_data then v_alheio else 0 end', '0'],
      ["case when b.pendente then 'em outra", "case when not b.pendente then 'em outra"],
      ['when b.pendente then coalesce(r.maior_outra, 0)', 'when false then 0'],
    ),
    ...of(
      'regras/trade_marketing/padroes.sql',
      ['audit.na_janela(janela, l.data_lancamento, l.carregado_em, l.id)', 'true'],
      ["'incluir', campo, true", "'excluir', campo, true"],
    ),
    ...of(
      'regras/trade_marketing/candidatos.sql',
      ['audit.na_janela(janela, l.data_lancamento, l.carregado_em, l.id)', 'true'],
      ['c.categoria_dobrada <> v_categoria_dobrada', 'true'],
      ['k.excluido) is not true', 'k.excluido) is not null'],
      ['or f.excluido or', 'or'],
      ['w <> all (v_dos_padroes)', 'true'],
      [
        'where p.ativo\n      offset 0\n    ) p on p.campo = t.campo\n    -- the',
        'where true\n      offset 0\n    ) p on p.campo = t.campo\n    -- the',
      ],
    ),
    ...of('regras/trade_marketing/historia.sql', ['(g.fornecedor_id) in (', '(g.fornecedor_id) not in (']),
    ...of(
      'regras/trade_marketing/historia.sql',
      [
        'sum(o.lancamentos)::bigint, min(o.desde)\n  from outro o\n  where o.chave',
        'count(*), min(o.desde)\n  from outro o\n  where o.chave',
      ],
      ['where v_sem_codigo and', 'where false and'],
      ['> 500 and l.fornecedor_id in (', '> 500 and l.fornecedor_id not in ('],
      ['and o.categoria_dobrada <> all (v_pendentes)', ''],
    ),
    ...of(
      'regras/trade_marketing/historia.sql',
      ['h.desde < s.corte\n    where', 'true\n    where'],
      ['having not bool_or', 'having bool_or'],
      [' and e.chave is null', ''],
      ['    union\n    select s.chave', '    union all\n    select s.chave'],
    ),
    ...of(
      'regras/trade_marketing/historia.sql',
      ['a.categoria_dobrada <> all (v_pendentes)', 'true'],
      [
        'and not regra_trade_marketing.texto_casa(a.descricao',
        'or not regra_trade_marketing.texto_casa(a.descricao',
      ],
      ['count(distinct c.chave)', 'count(*) + 3'],
    ),
    ...of(
      'regras/trade_marketing/padroes.sql',
      ["'(?![a-z0-9])'", "''"],
      ["'(?:^|[^a-z0-9])'", "''"],
      [
        "p.padrao_dobrado, '([^[:alnum:][:space:]])', '\\\\\\1', 'g'), '\\s+', '\\\\s+', 'g'",
        "p.padrao_dobrado, '([^[:alnum:][:space:]])', '\\\\\\1', 'g'), '\\s+', ' ', 'g'",
      ],
    ),
    ...of(
      'regras/trade_marketing/padroes.sql',
      ["'([\\\\%_])', '\\\\\\1', 'g'", "'([\\\\%_])', '', 'g'"],
      ["'\\s+', '%', 'g'", "'\\s+', '_', 'g'"],
      ["'[^%][?*][?*+]*', '%', 'g'", "'[?*][?*+]*', '%', 'g'"],
      ["\\][?*+]*', '%', 'g'", "\\][?*+]*', '', 'g'"],
      ['|%[%?*+]+', '|%[%*+]+'],
    ),
    ...of(
      'regras/trade_marketing/padroes.sql',
      ['like any (filtro) and', 'like any (filtro) or'],
      ['coalesce(dobrado ~* sem_filtro, false)', 'false'],
      ['dobrado ~* sem_filtro', 'dobrado ~ sem_filtro'],
      ['dobrado ~* filtravel', 'dobrado ~ filtravel'],
    ),
    ...of(
      'regras/trade_marketing/padroes.sql',
      ['texto_dobrado ~* regra_', 'texto_dobrado ~ regra_'],
      ["texto_dobrado, '\\s+', ' ', 'g'", "texto_dobrado, '\\s+', '', 'g'"],
    ),
    ...of(
      'regras/trade_marketing/candidatos.sql',
      ['(a_favor + 4 * parcela)', '(a_favor + 40 * parcela)'],
      ['a_favor + contra + 4', 'a_favor + 4'],
    ),
    ...of('regras/trade_marketing/candidatos.sql', ['(1 - erro) * (1 - parcela)', '(1 - parcela)']),
    ...of(
      'regras/trade_marketing/candidatos.sql',
      ['where t.n not in (select e.n from excluido e)', 'where true'],
      ['count(*) filter (where t.certo)', 'count(*)'],
      ['a.categoria_dobrada <> all (v_pendentes)\n', 'true\n'],
    ),
    ...of(
      'regras/trade_marketing/candidatos.sql',
      ["and p.padrao = x ->> 'padrao'", ''],
      ["and d.status = 'corrigida'", ''],
      ["u.tipo in ('rejeicao', 'excecao', 'correcao_manual')", 'false'],
    ),
    ...of('comum/dobrar_comuns.sql', ["'õ', 'o'", "'õ', 'a'"]),
    ...of('regras/trade_marketing/candidatos.sql', [
      "(where d.status = 'corrigida')",
      "(where d.status <> 'aberta')",
    ]),
    ...of(
      'regras/trade_marketing/propostas.sql',
      ["d.status = 'corrigida'", "d.status <> 'rejeitada'"],
      ['having count(*) >= suporte_minimo', 'having count(*) > suporte_minimo'],
      ['where p.ativo and p.acao', 'where p.acao'],
    ),
  ],
}
