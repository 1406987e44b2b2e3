-- Finds entries whose booked amount is not what their document says (valor_documento - valor_desconto) beyond the tolerance, documents
-- whose lines together are not, documents that were booked twice, and access keys that contradict their entry. Reads dw.lancamentos and the
-- settings valores.*; changes nothing. Called by the engine for a window, and again over corrected keys to verify them.
create or replace function regra_validacao_valores.detectar(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_base numeric := regras.confianca_base('validacao_valores', 0.70);
  v_absoluta numeric := coalesce((audit_interno.configuracao('valores.tolerancia_absoluta') #>> '{}')::numeric, 0.01);
  v_relativa numeric := coalesce((audit_interno.configuracao('valores.tolerancia_relativa') #>> '{}')::numeric, 0);
  v_digitos int := coalesce((audit_interno.configuracao('valores.digitos_significativos') #>> '{}')::int, 0);
begin
  return query
  with achada as materialized (
    select * from regra_validacao_valores.diferencas(janela, v_base, v_absoluta, v_relativa, v_digitos)
    union all
    select * from regra_validacao_valores.duplicidades(janela, v_base, v_absoluta, v_relativa, v_digitos)
  ), da_chave as materialized (
    select c.*
    from (select coalesce(array_agg(a.registro_id), '{}') as apontadas from achada a where a.evidencia ? 'lancamentos' offset 0) f
    cross join lateral regra_validacao_valores.chaves_acesso(janela, v_base, f.apontadas) c
  )
  -- of findings without a proposal only one an entry: what its key says goes into it
  select a.tabela, a.registro_id, a.valores_propostos, greatest(a.confianca, c.confianca),
    case when c.registro_id is null then a.evidencia
      else a.evidencia || jsonb_build_object('tambem', jsonb_build_array(c.evidencia -> 'tipo') || coalesce(c.evidencia -> 'tambem', '[]'), 'chave', c.evidencia -> 'chave') end,
    a.justificativa || coalesce(' ' || c.justificativa, ''), a.valor_em_risco
  from achada a
  left join da_chave c on c.registro_id = a.registro_id and a.valores_propostos = '{}'
  union all
  select c.* from da_chave c
  where c.registro_id not in (select a.registro_id from achada a where a.valores_propostos = '{}');
end
$$;

comment on function regra_validacao_valores.detectar(audit.janela) is
  'Rule: amounts that differ from their document beyond the tolerance (proposes the expected amount, names the kind of error), documents shared out over lines that are together more or less than it (flag only, lists the lines), documents booked twice (flag only, names the twin), and access keys that contradict their entry (flag only). Amount at stake: the absolute difference; of a duplicate, the whole amount.';
revoke execute on function regra_validacao_valores.detectar(audit.janela) from public;
