-- Part of the diagnosis: what each rule lacks, and the settings and patterns that the bundled ones use. Called by
-- audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_regras()
returns table (item text, situacao text, detalhe text, sugestao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('regra %s', r.nome),
    case when r.defeito is not null or g.comando is not null then 'erro'
      when r.colunas_identidade = '{}' or r.automatica_perdida is not null or h.mudou then 'aviso' else 'ok' end,
    coalesce(r.defeito, case when g.comando is not null then 'conferente_regra não pode executar o que ela chama' end,
      concat(case when r.ativa then 'ativa' else 'inativa' end, case when r.automatica then ', automática' end,
        case r.prova when 'provada' then ', provada' when 'refutada' then ', refutada' else ', sem prova' end,
        case when h.mudou then ', mas o código mudou depois de autorizado: a próxima sessão só detecta' end, ', ' || r.automatica_perdida,
        case when r.colunas_identidade = '{}' then ', sem colunas que digam de que lançamento é a linha' end)),
    coalesce(g.comando, case
      when r.defeito is not null then null
      when h.mudou then format('Confira o código e autorize-o: conferente regras --auto %s --motivo "código conferido".', r.nome)
      when r.colunas_identidade = '{}' then
        'Sem elas uma correção vale para qualquer lançamento que receba a mesma chave: registre colunas_identidade (fornecedor, documento, data).' end)
  from (select x.*, audit_interno.conferir_regra(x) as defeito, x as inteira from audit.regras x) as r
  cross join lateral (
    select r.defeito is null and r.automatica and audit_interno.hash_regra(r.inteira) is distinct from r.hash_autorizado as mudou) as h
  cross join lateral (
    select string_agg(f.comando, ' ' order by f.ordem) as comando
    from (
      select distinct 1 as ordem, format('grant usage on schema %I to conferente_regra;', n.nspname) as comando
      from unnest(array[r.funcao, r.preparacao]) as nome
      join pg_proc p on p.oid = audit_interno.funcao_da_janela(nome)
      join pg_namespace n on n.oid = p.pronamespace
      where not has_schema_privilege('conferente_regra', n.oid, 'usage')
      union all
      select 2, format('grant execute on function %s(audit.janela) to conferente_regra;', audit_interno.chamada_sql(nome))
      from unnest(array[r.funcao, r.preparacao]) as nome
      where not has_function_privilege('conferente_regra', audit_interno.funcao_da_janela(nome)::oid, 'execute')
    ) as f
  ) as g
  union all
  (select 'padrões de trade marketing', 'aviso', 'nenhum ativo', 'Sem eles a regra não acha nada: conferente padroes salvar "verba cooperada" --motivo "…".'
    where not exists (select from audit.padroes_trade_marketing p where p.ativo and p.acao = 'incluir'))
  union all
  select c.chave, 'aviso', 'não definida: a regra que depende dela é pulada', format('conferente configurar %s … --motivo "…".', c.chave)
  from audit.configuracoes_sistema c
  where c.chave in ('trade_marketing.categoria', 'pendente.rotulos') and c.valor = 'null'
  union all
  select 'periodos.fonte', 'erro', p.defeito, 'Enquanto isso nada é gravado: nem por auto, nem por pessoas.'
  from (select audit_interno.defeito_periodos() as defeito offset 0) as p
  where p.defeito is not null
  union all
  select 'periodos', 'aviso', format('há mês fechado da filial %s, que nenhum lançamento tem', f.filial),
    format('Nada fica protegido por isso. Parecidas: %s.', f.conhecidas)
  from audit_interno.filiais_desconhecidas() f
  union all
  select e.configuracao, 'aviso', format('nenhum lançamento tem a categoria %s', e.rotulo),
    case when e.proximos is null then 'Nenhuma se parece com ela.' else format('Parecidas: %s.', e.proximos) end
  from audit_interno.rotulos_estranhos() e
$$;
comment on function audit_interno.diagnosticar_regras() is 'Lines of the diagnosis on rules, their settings and patterns.';
