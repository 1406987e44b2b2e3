-- Refuses with NC027, unless a person has checked it (conferido), what would make the rule find more than
-- trade_marketing.discordancia_maxima of entries that the ledger books elsewhere: saving an including pattern, or switching off an
-- excluding one that alone keeps such entries from the others. Returns the figures, for the trail; null where there is nothing to compare
-- with: no marketing category yet, no ledger yet. Measures through regra_trade_marketing.medida_padrao; changes nothing. Called by
-- audit.salvar_padrao and audit.desativar_padrao.
create or replace function audit_interno.conferir_alcance(padrao audit.padroes_trade_marketing, conferido boolean)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_maxima constant numeric := (audit_interno.configuracao('trade_marketing.discordancia_maxima') #>> '{}')::numeric;
  v_inclui constant boolean := padrao.acao = 'incluir';
  v_medida record;
begin
  if nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '') is null then
    return null; -- once there is one, audit_interno.conferir_categoria checks them all
  end if;
  begin
    select m.* into v_medida
    from audit_interno.ler('select * from regra_trade_marketing.medida_padrao($2[1], $2[2], $2[3], $2[4])',
      textos => array[padrao.campo, padrao.tipo, padrao.padrao, padrao.acao])
      as m (de date, ate date, fracao numeric, lancamentos bigint, em_marketing bigint, pendentes bigint, em_outra bigint,
        valor_em_outra numeric, so_este bigint, vetados bigint, categorias jsonb, discordam bigint, discordancia numeric);
  exception when undefined_table or invalid_schema_name or undefined_column then
    return null; -- no session can read the ledger either, and each says so
  end;
  if v_medida.discordancia > v_maxima and conferido is not true then
    raise exception using errcode = 'NC027',
      message = format(case when v_inclui then 'o padrão "%s" alcança %s lançamentos; em outra categoria: %s (%s%%)'
          else 'sem o padrão de exclusão "%s" os outros alcançam mais %s lançamentos; em outra categoria: %s (%s%%)' end,
        padrao.padrao, v_medida.lancamentos, v_medida.discordam,
        round(100.0 * v_medida.discordam / (v_medida.discordam + v_medida.em_marketing))),
      detail = format('De %s a %s%s%s. Onde estão: %s.', to_char(v_medida.de, 'DD/MM/YYYY'), to_char(v_medida.ate, 'DD/MM/YYYY'),
        case when v_medida.fracao < 1 then format(', numa amostra de um em %s', round(1 / v_medida.fracao)) else '' end,
        case when v_medida.discordancia > round(v_medida.discordam::numeric / (v_medida.discordam + v_medida.em_marketing), 4)
          then format('; no ano em que mais discorda, %s%%', round(100 * v_medida.discordancia)) else '' end, (
          select string_agg(format('%s (%s)', coalesce(nullif(btrim(c.categoria), ''), 'sem categoria'), c.lancamentos), ', ' order by c.lancamentos desc, c.categoria)
          from jsonb_to_recordset(v_medida.categorias) as c (categoria text, lancamentos bigint))),
      hint = case when v_inclui then
          'Torne-o mais específico, ou exclua com outro padrão o que não é marketing. Se você conferiu o que ele alcança e está certo: conferido => true, ou conferente padroes salvar … --conferido.'
        else 'Se você conferiu o que ele protege e está certo: conferido => true.' end;
  end if;
  return jsonb_build_object('lancamentos', v_medida.lancamentos, 'discordam', v_medida.discordam, 'fracao', v_medida.fracao,
    'conferido', conferido is true);
end
$$;
comment on function audit_interno.conferir_alcance(audit.padroes_trade_marketing, boolean) is
  'Refuses with NC027 a pattern, or the end of an excluding one, that the ledger contradicts too often, unless somebody has looked. Returns the figures, or null if there is nothing to compare with.';
