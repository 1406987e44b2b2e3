-- The entries that one marketing pattern matches, newest first, as audit.previsao_padrao shows them. Reads dw.lancamentos and
-- the settings; changes nothing. Called by audit.previsao_padrao, through audit_interno.ler.
create or replace function regras.entradas_casadas(campo text, tipo text, padrao text, limite int)
returns table (
  registro_id text, data_lancamento date, categoria text, fornecedor text, descricao text, conta_contabil text,
  valor numeric, ja_em_marketing boolean
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_categoria text := audit_interno.dobrar_categoria(audit_interno.configuracao('trade_marketing.categoria') #>> '{}');
begin
  return query
  select l.id::text, l.data_lancamento::date, l.categoria::text, l.fornecedor::text, l.descricao::text,
    l.conta_contabil::text, l.valor::numeric,
    coalesce(audit_interno.dobrar_categoria(l.categoria) = v_categoria, false)
  from dw.lancamentos l
  where regras.padrao_casa(entradas_casadas.tipo, entradas_casadas.padrao, audit_interno.dobrar(
    case entradas_casadas.campo when 'fornecedor' then l.fornecedor when 'descricao' then l.descricao else l.conta_contabil end))
  order by l.data_lancamento desc, l.id
  limit greatest(0, least(entradas_casadas.limite, 10000));
end
$$;

comment on function regras.entradas_casadas(text, text, text, int) is
  'Entries that a pattern (contem, palavra, regex) matches in a field, newest first, at most 10,000.';
revoke execute on function regras.entradas_casadas(text, text, text, int) from public;
