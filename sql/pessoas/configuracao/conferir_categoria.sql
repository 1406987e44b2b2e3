-- Refuses another marketing category with NC027, unless a person has checked it (conferido), while active patterns mostly match, by
-- trade_marketing.discordancia_maxima, entries booked in other categories: a pattern may be saved before its category is named, and what
-- was right for one category is not for another. Returns how many there are, for the trail; null where nothing can be read yet. The setting
-- must hold the new category already. Changes nothing. Called by audit.alterar_configuracao.
create or replace function audit_interno.conferir_categoria(conferido boolean)
returns jsonb
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_categoria constant text := nullif(btrim(audit_interno.configuracao('trade_marketing.categoria') #>> '{}'), '');
  v_maxima constant numeric := (audit_interno.configuracao('trade_marketing.discordancia_maxima') #>> '{}')::numeric;
  v_largos bigint;
  v_quais text;
begin
  if v_categoria is null or not exists (select from audit.padroes_trade_marketing p where p.ativo and p.acao = 'incluir') then
    return null;
  end if;
  begin
    select count(*), string_agg(format('"%s" (%s de %s)', p.padrao, m.lancamentos - m.em_marketing, m.lancamentos), ', '
        order by m.lancamentos - m.em_marketing desc, p.id) filter (where m.ordem <= 5)
    into v_largos, v_quais
    from (
      select x.*, row_number() over (order by x.lancamentos - x.em_marketing desc, x.padrao_id) as ordem
      from audit_interno.ler('select m.* from regra_trade_marketing.parcelas_padroes($2[1]::date, $2[2]::date, $2[3]) m',
        textos => array['0030-01-01', '9970-12-31', v_categoria])
        as x (padrao_id bigint, lancamentos bigint, em_marketing bigint, fracao numeric)
      where x.lancamentos - x.em_marketing > v_maxima * x.lancamentos
    ) m
    join audit.padroes_trade_marketing p on p.id = m.padrao_id;
  exception when undefined_table or invalid_schema_name or undefined_column then
    return null;
  end;
  if v_largos > 0 and conferido is not true then
    raise exception using errcode = 'NC027',
      message = format('com a categoria "%s", %s padrões alcançam lançamentos demais de outras categorias', v_categoria, v_largos),
      detail = format('Em outra categoria: %s.', v_quais),
      hint = 'Desative-os ou torne-os mais específicos. Se você conferiu o que alcançam e está certo: conferido => true, ou conferente configurar … --conferido.';
  end if;
  return jsonb_build_object('padroes_largos', v_largos, 'conferido', conferido is true);
end
$$;
comment on function audit_interno.conferir_categoria(boolean) is
  'Refuses with NC027 a marketing category that active patterns contradict too often, unless somebody has looked.';
