-- Refuses an including pattern with NC027 when more of what it matches is booked elsewhere than trade_marketing.discordancia_maxima
-- allows, unless a person has looked (conferido). Gives the figures that it went by, for the trail; null where there is nothing to
-- compare with: an excluding pattern, no marketing category yet, no ledger yet. Measures through audit.medir_padrao;
-- changes nothing. Called by audit.salvar_padrao.
create or replace function audit_interno.conferir_alcance(padrao audit.padroes_trade_marketing, conferido boolean)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_maxima constant numeric := (audit_interno.configuracao('trade_marketing.discordancia_maxima') #>> '{}')::numeric;
  v_medida record;
begin
  if padrao.acao <> 'incluir' or nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '') is null then
    return null;
  end if;
  begin
    select m.* into v_medida from audit.medir_padrao(padrao.campo, padrao.tipo, padrao.padrao) as m;
  exception when sqlstate 'NC010' then
    return null; -- no session can read the ledger either, and each says so
  end;
  if v_medida.discordancia > v_maxima and conferido is not true then
    raise exception using errcode = 'NC027',
      message = format('o padrão "%s" alcança %s lançamentos; em outra categoria: %s (%s%%)', padrao.padrao, v_medida.lancamentos,
        v_medida.discordam, round(100 * v_medida.discordancia)),
      detail = format('De %s a %s%s. Onde estão: %s.', to_char(v_medida.de, 'DD/MM/YYYY'), to_char(v_medida.ate, 'DD/MM/YYYY'),
        case when v_medida.fracao < 1 then format(', numa amostra de um em %s', round(1 / v_medida.fracao)) else '' end, (
          select string_agg(format('%s (%s)', coalesce(nullif(btrim(c.categoria), ''), 'sem categoria'), c.lancamentos), ', ' order by c.lancamentos desc, c.categoria)
          from jsonb_to_recordset(v_medida.categorias) as c (categoria text, lancamentos bigint))),
      hint = 'Escreva-o mais estreito, ou exclua com outro padrão o que não é marketing. Se você viu o que ele alcança e é isso mesmo: conferido => true, ou conferente padroes salvar … --conferido.';
  end if;
  return jsonb_build_object('lancamentos', v_medida.lancamentos, 'discordam', v_medida.discordam, 'fracao', v_medida.fracao,
    'conferido', conferido is true);
end
$$;
comment on function audit_interno.conferir_alcance(audit.padroes_trade_marketing, boolean) is
  'Refuses a pattern with NC027 that the ledger contradicts too often and nobody has looked at. Returns the figures, or null where there is nothing to compare with.';
