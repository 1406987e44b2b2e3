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
  v_rastro text := audit_interno.rastro('conferente_regra');
  v_antes jsonb;
  v_alheias text;
begin
  perform audit_interno.abrir_porta();
  select jsonb_object_agg(g.relacao::text, g.linhas) into v_antes from audit_interno.gravado() g;
  perform audit_interno.preparar(audit_interno.chamada_sql(regra.preparacao), janela);
  perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  select string_agg(audit_interno.nome_sql(g.relacao), ', ' order by g.relacao) into v_alheias
  from audit_interno.gravado() g
  join pg_proc p on p.oid = audit_interno.funcao_da_janela(regra.preparacao) and p.pronamespace <> g.esquema
  where g.linhas is distinct from (v_antes ->> g.relacao::text)::bigint;
  if v_alheias is not null then
    raise exception using errcode = 'NC012', message = format('a preparação da regra %s gravou em tabelas que não são dela: %s', regra.nome, v_alheias),
      hint = 'Tudo o que ela fez foi desfeito. Uma preparação só grava em tabelas do seu próprio esquema.';
  end if;
  perform audit_interno.fechar_porta();
  perform audit_interno.conferir_rastro('conferente_regra', v_rastro, format('a preparação da regra %s', regra.nome));
end
$$;
comment on function audit_interno.preparar_regra(audit.regras, audit.janela) is 'Runs a rule''s preparation. NC012 when it leaves anything behind but its statistics.';
