-- Of operations (null: of all), the digests of what may name people, by the formula and the settings of audit_interno.resumo_operacao: what they are by the
-- present salts, and what was sealed. Those without a salt have no digest yet. Called by esquecer_pessoa, before and after.
create or replace function audit_interno.partes_pessoais(ids bigint[] default null)
returns table (operacao_id bigint, parte text, fato_id bigint, agora bytea, selado bytea)
language sql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
  select p.operacao_id, p.parte, p.fato_id, p.agora, case when q.agora = p.agora then q.resumo else p.agora end
  from (
    select o.id as operacao_id, 'autoria' as parte, o.id as fato_id, sha256(l.autoria || convert_to(row(o.ator, o.motivo)::text, 'UTF8')) as agora
    from audit.operacoes o join audit_interno.sais l on l.operacao_id = o.id
    where partes_pessoais.ids is null or o.id = any (partes_pessoais.ids)
    union all
    select o.id, 'detalhes', o.id, sha256(l.detalhes || convert_to(o.detalhes::text, 'UTF8'))
    from audit.operacoes o join audit_interno.sais l on l.operacao_id = o.id
    where partes_pessoais.ids is null or o.id = any (partes_pessoais.ids)
    union all
    select c.operacao_id, 'decisao', c.id, sha256(l.autoria || convert_to(row(c.ator, c.motivo, c.para, c.antes)::text, 'UTF8'))
    from audit.decisoes c join audit_interno.sais l on l.operacao_id = c.operacao_id
    where partes_pessoais.ids is null or c.operacao_id = any (partes_pessoais.ids)
    union all
    select e.operacao_id, 'excecao', e.id, sha256(l.autoria || convert_to(row(e.motivo, e.autor)::text, 'UTF8'))
    from audit.excecoes e join audit_interno.sais l on l.operacao_id = e.operacao_id
    where partes_pessoais.ids is null or e.operacao_id = any (partes_pessoais.ids)
  ) as p
  left join audit_interno.fatos_esquecidos q on q.operacao_id = p.operacao_id and q.parte = p.parte and q.fato_id = p.fato_id
$$;
comment on function audit_interno.partes_pessoais(bigint[]) is 'Digests of who and why (of operations, decisions and exceptions) and of details, now and as sealed.';
