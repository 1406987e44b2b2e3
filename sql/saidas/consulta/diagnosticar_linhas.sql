-- Part of the diagnosis: what the rows of a relation hold, counted in one scan, and whether the pages of large tables have room. Called by
-- audit.diagnosticar_contrato where the relation can be read and has the columns; changes nothing.
create or replace function audit_interno.diagnosticar_linhas(relacao regclass)
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_vazias boolean := (select (c.valor #>> '{}')::boolean from audit.configuracoes_sistema c where c.chave = 'pendente.vazias');
  v_linhas bigint;
  v_distintas bigint;
  v_sem_carga bigint;
  v_sem_data bigint;
  v_em_branco bigint;
  v_ultima date;
begin
  select x.* into v_linhas, v_distintas, v_sem_carga, v_sem_data, v_em_branco, v_ultima
  from audit_interno.ler(format(
    'select count(*), count(distinct id), count(*) filter (where carregado_em is null), count(*) filter (where data_lancamento is null),
       count(*) filter (where coalesce(audit_interno.dobrar_categoria(categoria::text), '''') = ''''), max(data_lancamento)::date
     from %s', audit_interno.nome_sql(relacao))) as x (a bigint, b bigint, c bigint, d bigint, e bigint, f date);
  return query
    select l.item, case when l.bom then 'ok' else l.senao end, l.detalhe, case when not l.bom then l.sugestao end
    from (values
      ('linhas', v_linhas > 0, 'aviso', v_linhas::text, 'Nada a conferir ainda.'),
      ('id único', v_linhas = v_distintas, 'erro',
        case when v_linhas = v_distintas then 'sim' else format('%s linhas nulas ou repetidas', v_linhas - v_distintas) end,
        'Cada lançamento precisa de um id próprio, não nulo.'),
      ('carregado_em preenchido', v_sem_carga = 0, 'aviso',
        case when v_sem_carga = v_linhas then format('sempre nulo (%s linhas)', v_linhas) else format('%s nulos', v_sem_carga) end,
        case when v_sem_carga = v_linhas and v_ultima is not null then
          format('A sessão de cada manhã vai pela hora de carga; sem ela só acha linhas novas pela contagem de suas datas, e as diz atrasadas. Rode pela data de lançamento: conferente processar --modo auto --data-inicio %s --data-fim %s (no crontab, os últimos dias). Ou dê à coluna a hora em que a carga grava.',
            to_char(date_trunc('month', v_ultima), 'YYYY-MM-DD'), to_char(v_ultima, 'YYYY-MM-DD'))
          else 'Sem hora de carga uma linha só é achada pela contagem de sua data, e dita como carga atrasada.' end),
      ('data_lancamento preenchida', v_sem_data = 0, 'aviso', format('%s nulas', v_sem_data),
        'Janelas por datas não veem linhas sem data.'),
      ('categoria em branco', v_em_branco = 0 or v_vazias is true, 'aviso',
        format('%s nulas ou em branco%s', v_em_branco, case
          when v_em_branco = 0 then '' when v_vazias then '; contam como pendentes (pendente.vazias)' else '; nenhuma regra as olha' end),
        'Para que contem como pendentes: conferente configurar pendente.vazias true --motivo "…".')
    ) as l (item, bom, senao, detalhe, sugestao);
  return query
    select 'fillfactor', 'aviso', format('%s: %s', audit_interno.nome_sql(c.oid), coalesce(array_to_string(c.reloptions, ', '), 'padrão')),
      format('alter table %s set (fillfactor = 85); deixa as correções na mesma página e custa cerca de metade.', audit_interno.nome_sql(c.oid))
    from pg_class c
    where c.oid in (select audit_interno.relacoes_abaixo(relacao)) and c.relkind = 'r' and not c.relispartition
      and not coalesce(array_to_string(c.reloptions, ',') ~ 'fillfactor=[1-9][0-9]?(,|$)', false)
      -- only fact tables, not the dimensions that a view joins
      and v_linhas > 100000 and pg_relation_size(c.oid) > 10 * v_linhas;
end
$$;
comment on function audit_interno.diagnosticar_linhas(regclass) is 'Lines of the diagnosis on what the rows hold.';
