import { of, type Subject } from './mutation.ts'

export const tradeMarketing: Subject = {
  name: 'trade_marketing',
  tests: [
    'test/sql/regras/trade_marketing.test.ts',
    'test/sql/regras/padroes_propostos.test.ts',
    'test/sql/regras/pecas.test.ts',
  ],
  mutations: [
    ...of(
      'regras/trade_marketing.sql',
      ["v_descricoes = '{}' and v_fornecedores = '{}'", "v_descricoes = '{}' or v_fornecedores = '{}'"],
      ['- v_meses * 31', '+ v_meses * 31'],
      ['p.fornecedores >= 3', 'p.fornecedores >= 2'],
      ['p.lancamentos >= 5', 'p.lancamentos >= 4'],
      ['>= 0.9 * p.total', '>= 0.5 * p.total'],
      ['f.categoria_dobrada = c.categoria_dobrada', 'true'],
      ['e.contra >= 3', 'e.contra >= 30'],
      ['least(coalesce(t.contra, 0), 20)', 'coalesce(t.contra, 0)'],
      ["case when b.pendente then 'em outra", "case when not b.pendente then 'em outra"],
      ['when b.pendente then coalesce(r.maior_outra, 0)', 'when false then 0'],
    ),
    ...of(
      'regras/textos_casados.sql',
      ['l.data_lancamento >= janela', 'l.data_lancamento > janela'],
      ["'incluir', campo, true", "'excluir', campo, true"],
    ),
    ...of(
      'regras/candidatos_marketing.sql',
      ['l.data_lancamento <= janela', 'l.data_lancamento < janela'],
      ['l.carregado_em < janela', 'l.carregado_em <= janela'],
      ['c.categoria_dobrada <> v_categoria_dobrada', 'true'],
      ['k.excluido) is not true', 'k.excluido) is not null'],
      ['or f.excluido or', 'or'],
      ['w <> all (v_dos_padroes)', 'true'],
      ['where p.ativo\n      offset', 'where true\n      offset'],
    ),
    ...of(
      'regras/historico_marketing.sql',
      ['sum(x.lancamentos)::bigint', 'count(*)'],
      ['where not audit_interno.texto_casa(h.descricao', 'where audit_interno.texto_casa(h.descricao'],
      ['x.categoria_dobrada <> all (v_pendentes)', 'true'],
    ),
    ...of(
      'regras/palavras_marketing.sql',
      ['a.categoria_dobrada <> all (v_pendentes)', 'true'],
      ['and not audit_interno.texto_casa(a.descricao', 'or not audit_interno.texto_casa(a.descricao'],
      ['count(distinct c.chave)', 'count(*) + 3'],
    ),
    ...of(
      'regras/expressao_padroes.sql',
      ["'(?![a-z0-9])'", "''"],
      ["'(?:^|[^a-z0-9])'", "''"],
      [
        "p.padrao_dobrado, '([^[:alnum:][:space:]])', '\\\\\\1', 'g'), '\\s+', '\\\\s+', 'g'",
        "p.padrao_dobrado, '([^[:alnum:][:space:]])', '\\\\\\1', 'g'), '\\s+', ' ', 'g'",
      ],
    ),
    ...of(
      'regras/filtro_padrao.sql',
      ["'([\\\\%_])', '\\\\\\1', 'g'", "'([\\\\%_])', '', 'g'"],
      ["'\\s+', '%', 'g'", "'\\s+', '_', 'g'"],
      ["'[^%][?*][?*+]*', '%', 'g'", "'[?*][?*+]*', '%', 'g'"],
      ["\\][?*+]*', '%', 'g'", "\\][?*+]*', '', 'g'"],
      ['|%[%?*+]+', '|%[%*+]+'],
    ),
    ...of(
      'regras/texto_casa.sql',
      ['like any (filtro) and', 'like any (filtro) or'],
      ['coalesce(dobrado ~* sem_filtro, false)', 'false'],
      ['dobrado ~* sem_filtro', 'dobrado ~ sem_filtro'],
      ['dobrado ~* filtravel', 'dobrado ~ filtravel'],
    ),
    ...of(
      'regras/padrao_casa.sql',
      ['texto_dobrado ~* audit', 'texto_dobrado ~ audit'],
      ["texto_dobrado, '\\s+', ' ', 'g'", "texto_dobrado, '\\s+', '', 'g'"],
    ),
    ...of(
      'regras/confianca_contestada.sql',
      ['(a_favor + 4.0)', '(a_favor + 40.0)'],
      ['least(1, (', 'least(2, ('],
    ),
    ...of('comum/dobrar_comuns.sql', ["'õ', 'o'", "'õ', 'a'"]),
    ...of('regras/acertos_padroes.sql', ["d.status = 'corrigida'", "d.status <> 'aberta'"]),
    ...of(
      'regras/propor_padroes.sql',
      ["d.status = 'corrigida'", "d.status <> 'rejeitada'"],
      ['having count(*) >= suporte_minimo', 'having count(*) > suporte_minimo'],
      ['where p.ativo and p.acao', 'where p.acao'],
    ),
  ],
}
