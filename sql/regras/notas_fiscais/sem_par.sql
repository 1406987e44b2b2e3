-- Entries that cite the key of one company's note and carry another company's CNPJ. If that is the buyer's, the note is one of our own to a
-- customer. Reads dw.lancamentos and audit.notas; changes nothing. Called by regra_notas_fiscais.detectar.
create or replace function regra_notas_fiscais.outra_empresa(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
begin
  return query
  select null::text, l.id::text, '{}'::jsonb, 0.75,
    jsonb_build_object('tipo', 'outra_empresa', 'chave', n.chave, 'emitente', n.emitente, 'fornecedor_id', l.fornecedor_id),
    format('O lançamento cita a chave de uma nota de %s (CNPJ %s) e está no fornecedor %s.', coalesce(n.emitente_nome, 'outra empresa'), n.emitente, l.fornecedor_id),
    abs(l.valor)
  from dw.lancamentos l
  join regra_notas_fiscais.vinculos v on v.registro_id = l.id::text and v.como = 'chave'
  join audit.notas n on n.chave = v.chave
  where length(translate(l.fornecedor_id, './- ', '')) = 14
    and regras.raiz_fornecedor(l.fornecedor_id) not in (n.emitente_raiz, lower(left(coalesce(n.destinatario, ''), 8)))
    and abs(l.valor) < 1e16
    and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id);
end
$$;

comment on function regra_notas_fiscais.outra_empresa(audit.janela) is 'Entries whose access key belongs to a company other than their supplier.';
revoke execute on function regra_notas_fiscais.outra_empresa(audit.janela) from public;

-- Entries that cite the key of an NF-e which nobody has read, of the months for which a person has said that all notes are read
-- (notas.completas_desde): an older note may be booked long after. A key with a wrong check digit is flagged as such, because no note has
-- it. Reads dw.lancamentos, audit.notas and the settings; changes nothing. Called by regra_notas_fiscais.detectar.
create or replace function regra_notas_fiscais.sem_nota(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
as $$
declare
  v_completas date := (audit_interno.configuracao('notas.completas_desde') #>> '{}')::date;
  -- as a key writes it: the first month whose notes are all read
  v_desde text := to_char(date_trunc('month', v_completas + interval '1 month' - interval '1 day'), 'YYMM');
begin
  return query
  with citada as materialized (
    select l.id::text as id, abs(l.valor) as valor, k.chave, right(k.chave, 1) = regras.digito_modulo11(left(k.chave, 43), 9)::text as integra
    from dw.lancamentos l
    cross join lateral (select coalesce(regras.chave_no_texto(l.documento), regras.chave_no_texto(l.descricao)) as chave) k
    where l.data_lancamento >= v_completas
      and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
      and abs(l.valor) < 1e16
      and length(k.chave) = 44 and substr(k.chave, 21, 2) in ('55', '65')
      and (substr(k.chave, 3, 4) >= v_desde or right(k.chave, 1) <> regras.digito_modulo11(left(k.chave, 43), 9)::text)
  )
  select null::text, x.id, '{}'::jsonb, case when x.integra then 0.60 else 0.70 end,
    jsonb_build_object('tipo', case when x.integra then 'sem_nota' else 'chave_errada' end, 'chave', x.chave),
    case when x.integra then format('O lançamento cita a NF-e %s, e nenhum arquivo dela foi lido.', x.chave)
      else format('A chave de acesso que o lançamento cita, %s, não existe: o dígito não confere.', x.chave) end,
    x.valor
  from citada x
  where not exists (select 1 from audit.notas n where n.chave = x.chave);
end
$$;

comment on function regra_notas_fiscais.sem_nota(audit.janela) is 'Entries that cite an access key whose note has not been read.';
revoke execute on function regra_notas_fiscais.sem_nota(audit.janela) from public;

-- Entries without a note whose supplier's other entries have one: nine in ten, and at least ten, since all notes are read
-- (notas.completas_desde, plus notas.dias_vinculo for the notes of before to pass). They have a document number, and no note of the
-- supplier has it. Reads dw.lancamentos, audit.notas and the settings; changes nothing. Called by regra_notas_fiscais.detectar.
create or replace function regra_notas_fiscais.sem_nota_costumeira(janela audit.janela) returns setof audit.achado
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
declare
  v_desde date := (audit_interno.configuracao('notas.completas_desde') #>> '{}')::date + (audit_interno.configuracao('notas.dias_vinculo') #>> '{}')::int;
begin
  if v_desde is null then
    return;
  end if;
  return query
  with sozinha as materialized (
    select l.id::text as id, l.documento, l.valor, regras.raiz_fornecedor(l.fornecedor_id) as raiz
    from dw.lancamentos l
    where l.data_lancamento >= v_desde and l.valor > 0 and l.valor < 1e16 and l.documento <> ''
      and length(translate(l.fornecedor_id, './- ', '')) = 14
      and audit.na_janela(row(janela.data_inicio, janela.data_fim, janela.carregado_desde, janela.carregado_ate, janela.chaves)::audit.janela, l.data_lancamento, l.carregado_em, l.id)
      and coalesce(regras.chave_no_texto(l.documento), regras.chave_no_texto(l.descricao)) is null
  ), numerada as materialized (
    select s.*
    from sozinha s
    cross join lateral regra_validacao_valores.ler_documento(s.documento) d
    where d.numero is not null and not d.estorno and not exists (select 1 from regra_notas_fiscais.vinculos v where v.registro_id = s.id) and not exists (
      select 1 from audit.notas n where n.emitente_raiz = s.raiz and n.numero::text = any (string_to_array(d.numero, '-')))
  ), emissor as materialized (
    select n.emitente_raiz as raiz
    from audit.notas n
    where n.emitente_raiz in (select u.raiz from numerada u)
    group by n.emitente_raiz
    having count(*) >= 10
  ), livro as (
    select regras.raiz_fornecedor(l.fornecedor_id) as raiz, count(*) as lancamentos, count(v.registro_id) as com_nota
    from dw.lancamentos l
    left join regra_notas_fiscais.vinculos v on v.registro_id = l.id::text
    where exists (select 1 from emissor) and l.data_lancamento >= v_desde and l.valor > 0
      and regras.raiz_fornecedor(l.fornecedor_id) in (select e.raiz from emissor e)
    group by 1
  )
  select null::text, u.id, '{}'::jsonb, 0.50,
    jsonb_build_object('tipo', 'sem_nota', 'documento', u.documento, 'desde', v_desde, 'lancamentos_do_fornecedor', b.lancamentos, 'com_nota', b.com_nota),
    format('Nenhuma nota lida deste fornecedor tem o número do documento %s; dos %s lançamentos dele desde %s, %s têm nota.', left(u.documento, 60),
      b.lancamentos, to_char(v_desde, 'DD/MM/YYYY'), b.com_nota),
    u.valor
  from numerada u
  join livro b on b.raiz = u.raiz
  where b.com_nota >= greatest(10, 0.9 * b.lancamentos);
end
$$;

comment on function regra_notas_fiscais.sem_nota_costumeira(audit.janela) is 'Entries without a note whose supplier''s other entries have one.';
revoke execute on function regra_notas_fiscais.sem_nota_costumeira(audit.janela) from public;
