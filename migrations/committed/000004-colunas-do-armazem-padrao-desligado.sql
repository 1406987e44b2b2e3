--! Previous: sha1:628cd3cc3831ec843f18fc14896f8b37af02bdd0
--! Hash: sha1:dc83531895e57480648c5e58d93860464da4ff0e
--! Message: colunas do armazem, padrao desligado

set local role conferente_dono;

--! Included configuracao/preparar_padrao.sql
-- Folds a pattern and refuses one that cannot be used, whoever writes it and however.
create or replace function audit_interno.preparar_padrao()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  new.padrao_dobrado := case when new.tipo = 'regex'
    -- folding must not turn a class such as \S or \D into another
    then regexp_replace(translate(normalize(new.padrao, nfc),
      'áàâãäéèêëíìîïóòôõöúùûüçñÁÀÂÃÄÉÈÊËÍÌÎÏÓÒÔÕÖÚÙÛÜÇÑ', 'aaaaaeeeeiiiiooooouuuucnAAAAAEEEEIIIIOOOOOUUUUCN'), '^(\(\?[a-z]+\))?', '(?i)')
    else btrim(regexp_replace(audit_interno.dobrar(new.padrao), '\s+', ' ', 'g')) end;
  if not new.ativo then
    return new; -- what was saved before it was known to be unusable can be switched off, and not on again
  end if;
  if btrim(new.padrao) = '' or new.padrao_dobrado = '' then
    raise exception using errcode = 'NC014', message = 'padrão vazio', hint = 'Um padrão vazio alcançaria tudo.';
  end if;
  if length(new.padrao) > 500 then
    raise exception using errcode = 'NC014', message = 'padrão longo demais', detail = format('%s caracteres; o máximo é 500', length(new.padrao));
  end if;
  if new.tipo = 'regex' then
    begin
      if '' ~ new.padrao_dobrado then
        raise exception using errcode = 'NC014', message = format('a expressão %s alcança o texto vazio, e assim tudo', new.padrao);
      end if;
      -- as regras.trade_marketing uses it, one alternative among others
      perform '' ~ format('(?:%s)', audit_interno.sem_acentos(new.padrao));
    exception when invalid_regular_expression then
      raise exception using errcode = 'NC014', message = format('expressão regular inválida: %s', new.padrao), detail = sqlerrm,
        hint = case when new.padrao ~ '^(\(\?[a-z]|\*\*\*)' then
          'Opções no começo, como (?i), não cabem: maiúsculas e acentos nunca importam.'
          else 'A sintaxe é a das expressões regulares do PostgreSQL.' end;
    end;
  end if;
  return new;
end
$$;
comment on function audit_interno.preparar_padrao() is 'Keeps padrao_dobrado and refuses an unusable pattern with NC014.';

create or replace trigger preparar before insert or update on audit.padroes_trade_marketing
  for each row execute function audit_interno.preparar_padrao();
--! EndIncluded configuracao/preparar_padrao.sql
--! Included regras/calibrar_historia.sql
-- Fits the weights and the calibration on a back-test over the given months, a sample of at most six thousand entries; without
-- months, forgets them. Reads the statistics and dw.lancamentos; writes estatistica_peso, estatistica_curva,
-- estatistica_calibracao and their work tables. Called by regras.preparar_pendente_verificacao and by back-tests over a past window.
create or replace function audit_interno.calibrar_historia(retroteste int4range) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_amostra constant int := 6000;
  -- a dozen strengths and eight weights need fewer cases than a curve that is read at its far end
  v_pesos constant int := 3000;
begin
  delete from audit_interno.estatistica_peso;
  delete from audit_interno.estatistica_calibracao;
  delete from audit_interno.estatistica_curva;
  if retroteste is not null then
    perform audit_interno.ajustar_alfas(retroteste, v_pesos);
    insert into audit_interno.estatistica_pergunta (id, com_conta, classe, lacuna, certa, categorias, bases, palavras, repetidas, recentes)
    select p.id, p.com_conta, p.classe, p.lacuna, p.certa, p.categorias, p.bases, p.palavras, p.repetidas, p.recentes
    from audit_interno.pontuar_pendencias(null, retroteste, v_amostra, false) p;
    perform audit_interno.ajustar_lambdas(v_pesos);
    perform audit_interno.calibrar_pendencias();
    delete from audit_interno.estatistica_pergunta;
  end if;
end
$$;

comment on function audit_interno.calibrar_historia(int4range) is 'Fits weights and calibration on the ledger''s own past.';
revoke execute on function audit_interno.calibrar_historia(int4range) from public;
--! EndIncluded regras/calibrar_historia.sql
--! Included regras/duplicidades.sql
-- Finds documents that were booked twice: same supplier (company root, or name where there is no code), same document
-- number, same amount, exactly alike or within valores.dias_duplicidade days and across branches. Flags the later entry
-- only and never proposes a correction. An entry that was reversed and booked again is not a duplicate, nor are
-- instalments that say so, nor documents without a number. The window restricts what is flagged; the twin may lie outside.
-- Reads dw.lancamentos; changes nothing. Called by regras.validacao_valores.
create or replace function audit_interno.duplicidades(janela audit.janela, confianca_base numeric) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set work_mem = '64MB'
as $$
declare
  v_dias int := coalesce((audit_interno.configuracao('valores.dias_duplicidade') #>> '{}')::int, 10);
  v_de date := greatest(greatest(janela.data_inicio, '0001-02-01') - v_dias, '0001-02-01');
  v_ate date := least(janela.data_fim, '9999-12-31');
  v_por_data boolean := janela.carregado_desde is null and janela.carregado_ate is null and janela.chaves is null;
  v_datas date[];
  v_quantas int;
  v_suspeitas bigint[]; -- an array of constants is looked up by hash, also by parallel workers
begin
  -- Twins are looked for on the flagged rows' own dates and the days before, so that a day's window reads days, not the
  -- table. What was loaded of late is mostly booked of late: then only its own dates are read, unless they are too many.
  if not v_por_data then
    select array_agg(distinct d.data - g.dias), count(distinct d.data) into v_datas, v_quantas
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
    cross join generate_series(0, v_dias) g (dias);
    if v_datas is null then
      return;
    end if;
    if v_quantas > 400 then
      v_datas := null;
    end if;
  end if;

  v_suspeitas := array(select s.chave from audit_interno.chaves_suspeitas(janela, v_de, v_ate, not v_por_data) s (chave));
  if v_suspeitas = '{}' then
    return;
  end if;

  return query
  with comparavel as (
    select l.id, l.data_lancamento, l.carregado_em, l.filial, l.documento, l.valor, l.descricao,
      c.fornecedor, c.numero, c.parcela
    from (
      -- then the last character of the number, which no spelling changes
      select e.*, count(*) over (partition by e.chave, lower(right(rtrim(e.documento, ' -./'), 1))) as companhia
      from (
        -- by name: a warehouse may have further columns, called anything
        select f.id, f.data_lancamento, f.carregado_em, f.filial, f.fornecedor_id, f.fornecedor, f.documento, f.valor, f.descricao,
          audit_interno.chave_duplicidade(f.valor, f.fornecedor_id) as chave
        from dw.lancamentos f
        where audit_interno.chave_duplicidade(f.valor, f.fornecedor_id) = any (v_suspeitas) and f.valor <> 0 and f.documento <> ''
          and f.data_lancamento between v_de and v_ate
          and (v_datas is null or f.data_lancamento = any (v_datas))
        offset 0
      ) e
    ) l
    cross join lateral (
      select
        audit_interno.chave_fornecedor(l.fornecedor_id, l.fornecedor) as fornecedor,
        audit_interno.documento_comparavel(l.documento) as numero,
        coalesce(substring(audit_interno.dobrar(left(l.descricao, 500)) from 'parc[a-z]*[^0-9a-z]{0,6}([0-9]{1,3})'), '') as parcela
    ) c
    where l.companhia > 1 and c.fornecedor is not null and c.numero is not null
  ), par as (
    select c.*,
      lag(c.id) over gemeo as gemeo_id,
      lag(c.data_lancamento) over gemeo as gemeo_data,
      lag(c.filial) over gemeo as gemeo_filial,
      lag(c.documento) over gemeo as gemeo_documento,
      lag(c.descricao) over gemeo as gemeo_descricao,
      -- bookings less reversals up to this day: one booking, its reversal and the new booking leave one
      sign(c.valor) * sum(sign(c.valor)) over (
        partition by c.fornecedor, c.numero, c.parcela, abs(c.valor)
        order by c.data_lancamento range between make_interval(days => v_dias) preceding and current row) as liquido
    from comparavel c
    window gemeo as (partition by c.fornecedor, c.numero, c.parcela, c.valor order by c.data_lancamento, c.carregado_em, c.id)
  )
  select
    null::text,
    p.id::text,
    '{}'::jsonb,
    round(greatest(0.05, least(0.99, confianca_base + t.ajuste)), 4),
    jsonb_build_object(
      'tipo', t.tipo, 'valor', p.valor, 'documento', p.documento, 'filial', p.filial, 'data_lancamento', p.data_lancamento,
      'mesma_descricao', t.mesma_descricao,
      'gemeo', jsonb_build_object('id', p.gemeo_id::text, 'data_lancamento', p.gemeo_data, 'filial', p.gemeo_filial,
        'documento', p.gemeo_documento)),
    'O documento ' || left(p.documento, 60) || ' de ' || audit_interno.reais(p.valor) || ' já está no lançamento '
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

comment on function audit_interno.duplicidades(audit.janela, numeric) is
  'Documents booked twice: flags the later entry, names its twin, proposes nothing.';
revoke execute on function audit_interno.duplicidades(audit.janela, numeric) from public;
--! EndIncluded regras/duplicidades.sql

reset role;
