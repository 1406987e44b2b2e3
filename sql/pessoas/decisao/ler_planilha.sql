-- Reads the lines of a sheet of decisions into pg_temp.conferente_planilha, each with the reason why it cannot be taken as it came back:
-- changed cells, no such finding, no reason, two decisions on one finding. Lines without a decision are dropped unless something was
-- changed in them. Objections by the findings themselves come later. Called by audit.decidir_planilha.
create or replace function audit_interno.ler_planilha(linhas jsonb)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set client_min_messages = warning
as $$
declare
  v_motivos jsonb := audit_interno.configuracao('revisao.motivos');
begin
  drop table if exists pg_temp.conferente_planilha;
  begin
    create temp table conferente_planilha on commit drop as
    select l.linha, nullif(lower(btrim(l.decisao)), '') as decisao, nullif(btrim(l.motivo), '') as motivo,
      substring(l.controle from '^ *([0-9a-f]{16})-[0-9a-f]{16} *$') as visto, substring(l.controle from '^ *[0-9a-f]{16}-([0-9a-f]{16}) *$') as resumo,
      case when l.celulas ->> 'id' ~ '^[1-9][0-9]{0,17}$' then (l.celulas ->> 'id')::bigint end as id,
      audit_interno.celulas_lidas(l.celulas) as celulas, null::text as dia, null::date as ate, null::text as resultado, null::text as codigo, null::text as explicacao,
      null::text as status, null::bigint as operacao_id, null::text as aviso
    from jsonb_to_recordset(ler_planilha.linhas) as l (linha integer, decisao text, motivo text, controle text, celulas jsonb);
  exception when data_exception then
    raise exception using errcode = 'NC001', message = 'as linhas não têm a forma de uma planilha de decisões', detail = sqlerrm,
      hint = 'Cada linha: {"linha": 2, "decisao": "aprovar", "motivo": "confere", "controle": "…", "celulas": {"id": 12, …}}.';
  end;

  delete from pg_temp.conferente_planilha p
  where p.decisao is null and p.motivo is null and (p.resumo is null or p.resumo = audit_interno.resumo_celulas(p.celulas));
  -- a day may stand before the reason; a spreadsheet turns a day alone in a cell into days since the zeroth of January 1900
  update pg_temp.conferente_planilha p
  set motivo = nullif(x.partes[4], ''), dia = coalesce(substring(p.motivo from '^[0-9/-]+'), p.motivo), ate = case
    when x.partes[1] is null then date '1899-12-30' + p.motivo::integer
    when x.ano >= 1900 and x.mes between 1 and 12 and x.partes[3]::integer between 1 and 31
        and extract(month from make_date(x.ano, x.mes, 1) + (x.partes[3]::integer - 1)) = x.mes then
      make_date(x.ano, x.mes, 1) + (x.partes[3]::integer - 1) end
  from (
    select q.ctid as lugar, d.partes, d.partes[1]::integer as ano, d.partes[2]::integer as mes
    from pg_temp.conferente_planilha q
    cross join lateral (
      select case when q.motivo ~ '^[4-9][0-9]{4}$' then array[null, null, null, null] else coalesce(
        regexp_match(q.motivo, '^([0-9]{4})-([0-9]{2})-([0-9]{2})[ ,:;.-]*(.*)$'),
        (select array[m[3], m[2], m[1], m[4]] from regexp_match(q.motivo, '^([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})[ ,:;.-]*(.*)$') as m where m is not null)) end as partes
    ) as d
    where q.decisao = 'adiar' and d.partes is not null
  ) as x
  where p.ctid = x.lugar;
  -- the review page's ready-made reasons are numbered
  update pg_temp.conferente_planilha p
  set motivo = (
    select format('%s: %s', p.motivo, m.texto)
    from (select x.m ->> 'texto' as texto, row_number() over (order by x.n) as n
      from jsonb_array_elements(v_motivos) with ordinality as x (m, n) where x.m ->> 'ato' = p.decisao) as m
    where m.n = p.motivo::integer), explicacao = p.motivo
  where p.motivo ~ '^[0-9]$' and p.decisao in ('rejeitar', 'adiar');

  update pg_temp.conferente_planilha t set codigo = x.codigo, explicacao = case x.codigo
      when 'NC001' then case
        when p.decisao is null then 'há um motivo, mas nenhuma decisão'
        when p.vezes > 1 then format('a divergência %s está em mais de uma linha', p.id)
        when p.dia is not null then format('não se pode adiar para %s: escreva um dia a partir de amanhã, como 15/12/2026, ou deixe sem dia para adiar até que o registro mude', p.dia)
        else format('decisão desconhecida: %s; são possíveis aprovar, rejeitar, confirmar e adiar', left(p.decisao, 100)) end
      when 'NC004' then coalesce('divergência desconhecida: ' || p.id, 'falta o número da divergência')
      when 'NC006' then case
        when p.motivo is not null then format('o motivo é longo demais: %s caracteres; o máximo é 2000', length(p.motivo))
        when p.explicacao is not null then format('o motivo %s não serve para %s', p.explicacao, p.decisao)
        else 'falta o motivo de rejeitar' end
      else case when p.resumo is null then 'falta o controle: ele foi apagado, ou a linha não esperava decisão quando foi exportada'
        else format('%s não são as que foram exportadas%s; a planilha não serve para mudar valores',
          coalesce('células de ' || audit_interno.celulas_diferentes(p.id, p.celulas, '{sessao_ultima_id,ultima_deteccao,vezes_detectada}'), 'células'),
          case when p.decisao is null then ', e não há decisão' else '' end) end
    end
  from (
    select q.ctid as lugar, q.*, count(*) filter (where q.decisao is not null) over (partition by q.id) as vezes
    from pg_temp.conferente_planilha q
  ) as p
  left join audit.divergencias_processadas d on d.id = p.id
  cross join lateral (select case
    when p.decisao is null and p.motivo is not null then 'NC001'
    when p.decisao not in ('aprovar', 'rejeitar', 'confirmar', 'adiar') then 'NC001'
    when d.id is null then 'NC004'
    when p.vezes > 1 then 'NC001'
    when p.dia is not null and (p.ate > audit.hoje()) is not true then 'NC001'
    when p.resumo is null or p.resumo <> audit_interno.resumo_celulas(p.celulas) then 'NC023'
    when p.decisao = 'rejeitar' and p.motivo is null or p.decisao = 'adiar' and p.motivo is null and p.explicacao is not null
      or length(p.motivo) > 2000 then 'NC006' end as codigo) as x
  where t.ctid = p.lugar and x.codigo is not null;
  analyze pg_temp.conferente_planilha; -- many joins follow
end
$$;
comment on function audit_interno.ler_planilha(jsonb) is
  'Reads the lines of a sheet into pg_temp.conferente_planilha; codigo and explicacao say why a line cannot be used. NC001 when they are not lines.';
