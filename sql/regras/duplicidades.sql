-- Finds documents that were booked twice: same supplier (company root, or name where there is no code), same document
-- number, same amount, exactly alike or within valores.dias_duplicidade days and across branches. Flags the later entry
-- only and never proposes a correction. An entry that was reversed and booked again is not a duplicate, nor one that was
-- reversed within those days afterwards, nor are instalments that say so, nor documents without a number. A reversal takes
-- back the latest booking that stands before it. The window restricts what is flagged; twins and reversals may lie outside.
-- Reads dw.lancamentos; changes nothing. Called by regras.validacao_valores.
create or replace function regras.duplicidades(janela audit.janela, confianca_base numeric) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_dias int := coalesce((audit_interno.configuracao('valores.dias_duplicidade') #>> '{}')::int, 10);
  -- to the end of the last day, for within a day entries have places of their own
  v_perto interval := make_interval(days => v_dias, hours => 23);
  v_longe interval := make_interval(days => 2 * v_dias, hours => 23);
  v_inicio date := greatest(janela.data_inicio, '0001-02-01');
  v_fim date := least(janela.data_fim, '9999-12-31');
  -- twice the days before: a reversal between a booking too long ago and its twin is that booking's
  v_de date := greatest(v_inicio - 2 * v_dias, '0001-02-01');
  v_ate date := least(v_fim + v_dias, '9999-12-31');
  v_por_data boolean := janela.carregado_desde is null and janela.carregado_ate is null and janela.chaves is null;
  v_poucas boolean := not v_por_data or v_fim - v_inicio < v_dias;
  v_datas date[];
  v_quantas int;
  v_suspeitas bigint[]; -- an array of constants is looked up by hash, also by parallel workers
begin
  -- Twins and reversals are looked for on the flagged rows' own dates and the days around, so that a day's window reads days,
  -- not the table. What was loaded of late is mostly booked of late: then only its own dates are read, unless they are too many.
  if not v_por_data then
    select array_agg(distinct d.data + g.dias), count(distinct d.data) into v_datas, v_quantas
    from (
      select distinct l.data_lancamento as data
      from dw.lancamentos l
      where l.valor <> 0 and l.documento <> ''
        and l.data_lancamento between '0001-02-01' and '9999-12-31'
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)))
      limit 401
    ) d
    cross join generate_series(-2 * v_dias, v_dias) g (dias);
    if v_datas is null then
      return;
    end if;
    if v_quantas > 400 then
      v_datas := null;
    end if;
  end if;

  v_suspeitas := array(
    select s.chave
    from regras.chaves_suspeitas(janela, case when v_poucas then v_inicio else v_de end,
      case when v_poucas then v_fim else v_ate end, v_poucas) s (chave));
  if v_suspeitas = '{}' then
    return;
  end if;

  return query
  with numerada as (
    select l.*, regras.documento_comparavel(l.documento) as numero
    from (
      -- then the end of the number, which no spelling changes
      select e.*, count(*) over (partition by e.chave, regras.fim_documento(e.documento)) as companhia
      from (
        -- by name: a warehouse may have further columns, called anything
        select f.id, f.data_lancamento, f.carregado_em, f.filial, f.fornecedor_id, f.fornecedor, f.documento, f.valor, f.descricao,
          regras.chave_duplicidade(f.valor, f.fornecedor_id) as chave
        from dw.lancamentos f
        where regras.chave_duplicidade(f.valor, f.fornecedor_id) = any (v_suspeitas) and f.valor <> 0 and f.documento <> ''
          and f.data_lancamento between v_de and v_ate
          and (v_datas is null or f.data_lancamento = any (v_datas))
        offset 0
      ) e
    ) l
    where l.companhia > 1
  ), comparavel as (
    select l.id, l.data_lancamento, l.carregado_em, l.filial, l.documento, l.valor, l.descricao, l.numero,
      -- without a code by name: a full stop or a legal form otherwise written is no other supplier
      coalesce(regras.raiz_fornecedor(l.fornecedor_id), '=' || regras.nome_canonico(l.fornecedor)) as fornecedor,
      regras.parcela_dita(l.descricao) as parcela
    from (
      select n.*, count(*) over (partition by n.chave, n.numero) as iguais
      from numerada n
      where n.numero is not null
    ) l
    where l.iguais > 1
  ), movimento as (
    select c.*, sign(c.valor) as sinal,
      -- one place for each entry, so that a day's own order counts within the days
      c.data_lancamento + row_number() over documento * interval '1 microsecond' as momento,
      sum(sign(c.valor)) over documento as saldo
    from comparavel c
    where c.fornecedor is not null
    window documento as (
      partition by c.fornecedor, c.numero, c.parcela, abs(c.valor) order by c.data_lancamento, c.carregado_em, c.id
      rows unbounded preceding)
  ), liquida as (
    select m.*,
      -- bookings less reversals up to this one: one booking, its reversal and the new booking leave one. Over the longer time a
      -- reversal meets its booking, over the shorter one nothing old is left to meet
      greatest(m.sinal * sum(m.sinal) over antes, m.sinal * sum(m.sinal) over muito_antes) as liquido,
      -- what was booked last is taken back first: it stands unless the balance falls below the one that it left
      case m.sinal when 1 then min(m.saldo) over depois < m.saldo else max(m.saldo) over depois > m.saldo end as estornada
    from movimento m
    window documento as (partition by m.fornecedor, m.numero, m.parcela, abs(m.valor) order by m.momento),
      antes as (documento range between v_perto preceding and current row),
      muito_antes as (documento range between v_longe preceding and current row),
      depois as (documento range between current row and v_perto following)
  ), par as (
    select l.*,
      lag(l.id) over gemeo as gemeo_id,
      lag(l.data_lancamento) over gemeo as gemeo_data,
      lag(l.filial) over gemeo as gemeo_filial,
      lag(l.documento) over gemeo as gemeo_documento,
      lag(l.descricao) over gemeo as gemeo_descricao
    from liquida l
    where not l.estornada
    window gemeo as (partition by l.fornecedor, l.numero, l.parcela, l.valor order by l.momento)
  )
  select
    null::text,
    p.id::text,
    '{}'::jsonb,
    trunc(greatest(0.05, least(0.99, confianca_base + t.ajuste)), 4),
    jsonb_build_object(
      'tipo', t.tipo, 'valor', p.valor, 'documento', p.documento, 'filial', p.filial, 'data_lancamento', p.data_lancamento,
      'mesma_descricao', t.mesma_descricao,
      'gemeo', jsonb_build_object('id', p.gemeo_id::text, 'data_lancamento', p.gemeo_data, 'filial', p.gemeo_filial,
        'documento', p.gemeo_documento)),
    'O documento ' || left(p.documento, 60) || ' de ' || regras.reais(p.valor) || ' já está no lançamento '
      || p.gemeo_id::text || ' de ' || to_char(p.gemeo_data, 'DD/MM/YYYY')
      || case when p.filial is distinct from p.gemeo_filial then ', filial ' || coalesce(p.gemeo_filial, '(sem filial)') else '' end
      || '; este seria a segunda vez.',
    abs(p.valor)
  from par p
  cross join lateral (
    select
      case when p.data_lancamento = p.gemeo_data and p.filial is not distinct from p.gemeo_filial
        then 'duplicidade' else 'duplicidade_proxima' end as tipo,
      audit_interno.dobrar(coalesce(p.descricao, '')) = audit_interno.dobrar(coalesce(p.gemeo_descricao, '')) as mesma_descricao,
      case when p.data_lancamento = p.gemeo_data and p.filial is not distinct from p.gemeo_filial then 0.10 else 0 end
        + case when audit_interno.dobrar(coalesce(p.descricao, '')) = audit_interno.dobrar(coalesce(p.gemeo_descricao, ''))
            then 0.05 else -0.15 end as ajuste
  ) t
  where p.gemeo_data >= p.data_lancamento - v_dias
    and p.liquido > 1
    and (janela.data_inicio is null or p.data_lancamento >= janela.data_inicio)
    and (janela.data_fim is null or p.data_lancamento <= janela.data_fim)
    and (janela.carregado_desde is null or p.carregado_em >= janela.carregado_desde)
    and (janela.carregado_ate is null or p.carregado_em < janela.carregado_ate)
    and (janela.chaves is null or p.id = any (audit_interno.chaves_como(janela.chaves, (null::dw.lancamentos).id)));
end
$$;

comment on function regras.duplicidades(audit.janela, numeric) is
  'Documents booked twice: flags the later entry, names its twin, proposes nothing.';
revoke execute on function regras.duplicidades(audit.janela, numeric) from public;
