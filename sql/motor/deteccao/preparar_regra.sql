-- Lets a rule prepare its statistics as conferente_regra, and leave nothing else behind. All rules prepare as that role and could write
-- each other's tables, so each is held to the schema of its own preparation. Called before the rule runs, by detectar_regra, repartir_regra
-- and experimentar_regra.
create or replace function audit_interno.preparar_regra(regra audit.regras, janela audit.janela)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_funcao oid := audit_interno.funcao_da_janela(regra.preparacao);
  -- on Citus a transaction that has written reads on as the role that wrote (audit_interno.preparar_nos). Only our own preparations run
  -- as it: they write nothing but their statistics
  v_papel regrole := (case when exists (
    select from pg_proc p, pg_proc l
    where p.oid = v_funcao and p.proowner = 'conferente_dono'::regrole and l.oid = 'audit_interno.ler(text, audit.janela, text[])'::regprocedure
      and l.proowner = 'conferente_escrita'::regrole) then 'conferente_escrita' else 'conferente_regra' end)::regrole;
  v_rastro text := audit_interno.rastro(v_papel);
  v_antes jsonb;
  v_alheias text;
begin
  perform audit_interno.abrir_porta();
  select jsonb_object_agg(g.relacao::text, g.linhas) into v_antes from audit_interno.gravado() g;
  if v_papel = 'conferente_escrita'::regrole then
    perform from audit_interno.escrever(format('select %s(%L::audit.janela)::text', audit_interno.chamada_sql(regra.preparacao), janela)) as x (nada text);
  else
    perform audit_interno.preparar(audit_interno.chamada_sql(regra.preparacao), janela);
  end if;
  perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  select string_agg(audit_interno.nome_sql(g.relacao), ', ' order by g.relacao) into v_alheias
  from audit_interno.gravado() g
  join pg_proc p on p.oid = v_funcao and p.pronamespace <> g.esquema
  where g.linhas is distinct from (v_antes ->> g.relacao::text)::bigint;
  if v_alheias is not null then
    raise exception using errcode = 'NC012', message = format('a preparação da regra %s gravou em tabelas que não são dela: %s', regra.nome, v_alheias),
      hint = 'Tudo o que ela fez foi desfeito. Uma preparação só grava em tabelas do seu próprio esquema.';
  end if;
  perform audit_interno.fechar_porta();
  perform audit_interno.conferir_rastro(v_papel, v_rastro, format('a preparação da regra %s', regra.nome));
end
$$;
comment on function audit_interno.preparar_regra(audit.regras, audit.janela) is 'Runs a rule''s preparation. NC012 when it leaves anything behind but its statistics.';
