-- Which of a rule's date, load time and amount has a type that the engine cannot use, in one sentence, or null. Called by
-- audit.registrar_regra alone: a rule already registered with a date that has a time of day keeps running.
create or replace function audit_interno.conferir_tipos(regra audit.regras)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select format('%s %s é do tipo %s, e deve ser %s', c.nome, c.coluna, t.tipo, c.deve)
  from (values
    (1, 'coluna_data', regra.coluna_data, '^date$',
      'date: uma janela vai de um dia a outro, e numa coluna com hora se perderia o último dia'),
    (2, 'coluna_carga', regra.coluna_carga, '^(date|timestamp.*)$', 'timestamptz, timestamp ou date'),
    (3, 'coluna_valor', regra.coluna_valor, '^(smallint|integer|bigint|numeric.*|real|double precision)$',
      'um número, que se soma: numeric, integer, bigint, smallint, double precision ou real')
  ) as c (ordem, nome, coluna, tipos, deve)
  cross join lateral (select audit_interno.tipo_coluna(audit_interno.relacao(regra.tabela), c.coluna) as tipo) as t
  where t.tipo !~ c.tipos
  order by c.ordem
  limit 1
$$;
comment on function audit_interno.conferir_tipos(audit.regras) is 'Which column of a rule has a type that windows and control totals cannot use, or null.';
