-- The small warehouse of a life: sixty entries of four months, half of them wrong, and three tiny rules. Changes from outside go
-- through life.change, which records each value before and after. life.begin_again resets everything.
create schema dw;
create table dw.lancamentos (
  id bigint primary key, data_lancamento date, carregado_em timestamptz, filial text, centro_custo text, conta_contabil text,
  categoria text, fornecedor_id text, fornecedor text, documento text, descricao text,
  valor numeric(18,2), valor_documento numeric(18,2), valor_desconto numeric(18,2), confianca numeric);
insert into dw.lancamentos (id, categoria) values (-1, 'CERTA'), (-2, 'OUTRA'); -- known to the ledger
insert into dw.lancamentos
select n, date '2026-08-03' + (n % 4) * 31, timestamptz '2026-10-24 12:00Z' + n * interval '1 hour', 'Matriz', 'Administração', '4.1',
  (array['ERRADA', 'CERTA', 'ERRADA', 'DUVIDA', 'CERTA', 'OUTRA'])[n % 6 + 1], null, 'Fornecedor ' || n % 7, 'NF ' || n,
  (array['x', 'x', 'x', 'teimosa', 'x', 'aponta', 'x', 'nova', 'x', 'x'])[n % 10 + 1],
  case when n % 9 = 0 then 150000 else n * 10 end + case when n % 5 = 0 then 7 else 0 end, case when n % 9 = 0 then 150000 else n * 10 end, null,
  case when n % 4 = 3 then 0.5 else 0.99 end
from generate_series(1, 60) as n;
create table dw.ajuste (regra text primary key, quebrada boolean not null default false);
insert into dw.ajuste values ('rotulo'), ('importe'), ('duvida');
-- what the warehouse's own trigger does with a row: refuses it, stores something else, keeps quiet
create table dw.capricho (id bigint primary key, faz text not null);
create function dw.gravar() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $f$
declare v_faz text := (select c.faz from dw.capricho c where c.id = new.id);
begin
  if v_faz = 'recusa' then raise exception using errcode = 'P0001', message = 'o data warehouse recusa'; end if;
  if v_faz = 'cala' then return null; end if;
  if v_faz = 'outra coisa' then new.descricao := 'mudada pelo gatilho'; end if;
  return new;
end $f$;

-- A rule in its own schema: its query over the alias l.
create function pg_temp.rule(name text, finds text, proposes text) returns void language plpgsql as $f$
begin
  execute format($d$
    create schema regra_%1$s;
    create function regra_%1$s.detectar(janela audit.janela) returns setof audit.achado language plpgsql stable
    set search_path = pg_catalog, pg_temp as $r$
    begin
      if (select a.quebrada from dw.ajuste a where a.regra = '%1$s') then raise exception 'a regra quebrou'; end if;
      return query select 'dw.lancamentos', l.id::text, (%3$s)::jsonb, l.confianca,
        jsonb_build_object('tipo', '%1$s', 'descricao', l.descricao), 'está errado', l.valor
      from dw.lancamentos l
      where (%2$s)
        and (janela.data_inicio is null or l.data_lancamento >= janela.data_inicio)
        and (janela.data_fim is null or l.data_lancamento <= janela.data_fim)
        and (janela.carregado_desde is null or l.carregado_em >= janela.carregado_desde)
        and (janela.carregado_ate is null or l.carregado_em < janela.carregado_ate)
        and (janela.chaves is null or l.id = any (janela.chaves::bigint[]));
    end $r$;
    grant usage on schema regra_%1$s to conferente_regra;
    grant execute on function regra_%1$s.detectar(audit.janela) to conferente_regra $d$, name, finds, proposes);
end $f$;
select pg_temp.rule('rotulo', $$l.categoria in ('ERRADA', 'DUVIDA') or l.descricao = 'teimosa' and l.categoria = 'CERTA'$$,
  $$case when l.descricao = 'aponta' then '{}' when l.descricao = 'nova' then '{"categoria": "NOVA"}'
    when l.categoria = 'CERTA' then '{"categoria": "OUTRA"}' else '{"categoria": "CERTA"}' end$$);
select pg_temp.rule('importe', 'l.valor <> l.valor_documento', $$jsonb_build_object('valor', l.valor_documento)$$);
select pg_temp.rule('duvida', $$l.categoria = 'DUVIDA'$$, $$'{"categoria": "OUTRA"}'$$);
grant usage on schema dw to conferente_regra, conferente_escrita;
grant select on dw.lancamentos, dw.ajuste to conferente_regra, conferente_escrita;
grant update on dw.lancamentos to conferente_escrita;
set role conferente_dono; -- nothing is changed bypassing the functions
update audit.regras set ativa = false;
reset role;
select audit.registrar_regra(r.nome, 'de teste', 'regra_' || r.nome || '.detectar', 'dw.lancamentos', 'id', r.colunas, 'data_lancamento',
  'carregado_em', 'valor', 0.9, 0.95, r.correcoes, r.valor, r.prioridade, colunas_identidade => '{fornecedor,documento}')
from (values ('rotulo', '{categoria,descricao}'::text[], 40, 1e9, 1), ('importe', '{valor,valor_documento}', 1000, 1e9, 2),
  ('duvida', '{categoria}', null, null, 3)) as r (nome, colunas, correcoes, valor, prioridade);
select audit.alterar_configuracao('sessao.tamanho_lote', '12', 'vários lotes');
select audit.alterar_configuracao('sessao.linhas_por_parte', '21', 'várias partes');
select audit.alterar_configuracao('agenda.cron', '"30 1 * * *"', 'à hora que há duas vezes');
select audit.alterar_configuracao('agenda.fuso', '"Europe/Lisbon"', 'onde há horário de verão');
set role conferente_dono;
update audit.configuracoes_sistema set alterada_em = '2026-10-24 12:00Z' where chave like 'agenda.%';
reset role;

create schema life;
grant usage on schema life to public;
create table life.log (registro text, entrada jsonb, coluna text, antes text, depois text, depois_de bigint not null);
comment on table life.log is 'Each value that changed from outside; null where the entry was not there. depois_de: the last correction of the row by then.';
create function life.picture(ids bigint[]) returns table (registro text, entrada jsonb, coluna text, valor text) language sql stable as $f$
  select t.id::text, jsonb_build_object('fornecedor', t.fornecedor, 'documento', t.documento), c.key, coalesce(c.value, '∅')
  from dw.lancamentos t cross join jsonb_each_text(to_jsonb(t)) as c where (ids is null or t.id = any (ids)) and c.key <> 'id'
$f$;
create function life.change(ids bigint[], command text) returns void language plpgsql as $f$
declare v_before jsonb;
begin
  perform from dw.lancamentos t where t.id = any (ids) order by t.id for update; -- anybody who is writing finishes first
  select jsonb_agg(p) into v_before from life.picture(ids) p;
  execute command;
  insert into life.log
  select coalesce(a.registro, b.registro), coalesce(a.entrada, b.entrada), coalesce(a.coluna, b.coluna), b.valor, a.valor, coalesce((
    select max(x.operacao_id) from audit.alteracoes x join audit.divergencias_processadas d on d.id = x.divergencia_id
    where d.registro_id = coalesce(a.registro, b.registro)), 0)
  from life.picture(ids) a
  full join jsonb_to_recordset(coalesce(v_before, '[]')) as b (registro text, entrada jsonb, coluna text, valor text)
    on b.registro = a.registro and b.entrada = a.entrada and b.coluna = a.coluna
  where a.valor is distinct from b.valor;
end $f$;

-- Named points: a connection that passes one waits while a test holds the lock for its name. Nothing else knows of them.
create function life.point() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $f$
declare v_name text := tg_argv[0];
begin
  if tg_level = 'ROW' then v_name := v_name || ' ' || (to_jsonb(new) ->> 'tipo'); end if;
  v_name := v_name || ' / ' || current_setting('application_name');
  perform pg_advisory_lock_shared(20261130, abs(hashtext(v_name) % 1000000));
  perform pg_advisory_unlock_shared(20261130, abs(hashtext(v_name) % 1000000));
  return null;
end $f$;
create trigger life_opened after insert on audit.operacoes for each row execute function life.point('opens');
create trigger life_closed after update of finalizada_em on audit.operacoes for each row execute function life.point('closes');
create trigger life_found after insert on audit.deteccoes for each statement execute function life.point('found');
create trigger life_images after insert on audit.alteracoes for each statement execute function life.point('images');
create trigger life_decided after insert on audit.decisoes for each statement execute function life.point('decided');
create trigger life_status after update of status on audit.divergencias_processadas for each statement execute function life.point('status');
create trigger life_counts after update on audit.execucoes_regra for each statement execute function life.point('counts');
create trigger life_parts after insert or update on audit_interno.partes_sessao for each statement execute function life.point('parts');
create trigger life_session after update of fim_processamento on audit.sessoes_processamento for each statement execute function life.point('ends');
create trigger life_queued after insert on audit_interno.fila_selos for each statement execute function life.point('commits');
create trigger life_sealed after update on audit_interno.cadeia for each statement execute function life.point('seals');

