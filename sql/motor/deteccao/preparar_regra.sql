-- Lets a rule prepare its statistics, as conferente_regra and leaving nothing else behind. Called before the rule runs, by
-- detectar_regra, repartir_regra and experimentar_regra.
create or replace function audit_interno.preparar_regra(regra audit.regras, janela audit.janela)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_rastro text := audit_interno.rastro('conferente_regra');
begin
  perform audit_interno.abrir_porta();
  perform audit_interno.preparar(audit_interno.chamada_sql(regra.preparacao), janela);
  perform audit_interno.exigir_caminho(pg_catalog.current_setting('search_path'));
  perform audit_interno.fechar_porta();
  perform audit_interno.conferir_rastro('conferente_regra', v_rastro, format('a preparação da regra %s', regra.nome));
end
$$;
comment on function audit_interno.preparar_regra(audit.regras, audit.janela) is 'Runs a rule''s preparation. NC012 when it leaves anything behind but its statistics.';
