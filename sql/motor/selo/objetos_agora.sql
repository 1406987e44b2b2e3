-- What exists in our schemas, each object under the name by which verificar_integridade reports it. resumo covers what every version of
-- PostgreSQL writes alike, without local numbers (oid), so it holds on another server; definicao covers the text that PostgreSQL derives
-- from parsed expressions. Left out are what an owner may do anyway, rights to read schema audit that a DBA gave to other roles, and
-- indexes that are not unique, which are the DBA's. Called by quebras_esquema and registrar_instalacao.
create or replace function audit_interno.objetos_agora()
returns table (objeto text, resumo bytea, definicao bytea, ligado boolean, dito text)
language sql
stable
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
set quote_all_identifiers = off
set standard_conforming_strings = on
as $$
  with esquema as (
    select n.oid, n.nspname as nome, n.nspowner, n.nspacl
    from pg_namespace n
    where n.nspname in ('audit', 'audit_interno', 'regras', 'regra_trade_marketing', 'regra_pendente_verificacao', 'regra_validacao_valores',
      'regra_notas_fiscais')
  ), papel as (
    select r.* from pg_roles r
    where r.rolname in ('conferente_dono', 'conferente_regra', 'conferente_escrita', 'conferente_leitor', 'conferente_revisor', 'conferente_operador',
      'conferente_administrador', 'conferente_servico')
  ), relacao as (
    select c.*, e.nome as esquema, case when c.relispartition then regexp_replace(format('%I.%I', e.nome, c.relname), '_[0-9]{4}_[0-9]{2}$', '_AAAA_MM')
      else format('%I.%I', e.nome, c.relname) end as nome
    from pg_class c join esquema e on e.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  ), gatilho as (
    select t.*, r.nome as relacao, r.relispartition as de_mes,
      t.tgenabled = 'A' or t.tgenabled = 'O' and current_setting('session_replication_role') <> 'replica' as ligado
    from pg_trigger t join relacao r on r.oid = t.tgrelid
  ), item as (
    select 'esquema ' || e.nome as objeto, row(pg_get_userbyid(e.nspowner),
      audit_interno.direitos(coalesce(e.nspacl, acldefault('n', e.nspowner)), e.nspowner, e.nome = 'audit'))::text as portatil,
      null::text as definicao, true as ligado, null::text as dito
    from esquema e
    union all
    select format('função %I.%I(%s)', e.nome, p.proname, pg_get_function_identity_arguments(p.oid)),
      row(pg_get_userbyid(p.proowner), audit_interno.direitos(coalesce(p.proacl, acldefault('f', p.proowner)), p.proowner, false), l.lanname, p.prosrc, p.probin,
        p.prokind, p.prosecdef, p.proleakproof, p.proisstrict, p.proretset, p.provolatile, p.proparallel, pg_get_function_result(p.oid),
        p.proconfig)::text,
      concat(pg_get_function_arguments(p.oid), pg_get_function_sqlbody(p.oid)), true, null
    from pg_proc p
    join esquema e on e.oid = p.pronamespace
    join pg_language l on l.oid = p.prolang
    union all
    select case when c.relkind in ('v', 'm') then 'visão ' when c.relkind = 'S' then 'sequência ' else 'tabela ' end || c.nome,
      row(c.relkind, pg_get_userbyid(c.relowner), audit_interno.direitos(coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)),
        c.relowner, c.esquema = 'audit'), c.relrowsecurity, c.relforcerowsecurity, c.relpersistence,
        case when c.relkind in ('v', 'm') then c.reloptions end, -- for a view they say as whom it reads
        (select array_agg(row(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, case when not c.relispartition then a.attidentity end, a.attgenerated,
          case when a.attacl is not null then audit_interno.direitos(a.attacl, c.relowner, c.esquema = 'audit') end)::text order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
        (select count(*) from gatilho t where t.tgrelid = c.oid and t.tgisinternal and t.tgenabled not in ('O', 'A')),
        case when c.relispartition then (
          select array_agg(g.dito order by g.dito collate "C")
          from (
            select format('gatilho %s %s', t.tgname, t.tgenabled) as dito from gatilho t where t.tgrelid = c.oid and not t.tgisinternal
            union all
            select format('restrição %s %s', k.contype, k.convalidated) from pg_constraint k where k.conrelid = c.oid and k.contype not in ('n', 't')
          ) as g) end)::text,
      concat(case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
        (select string_agg(a.attname || ' ' || pg_get_expr(d.adbin, d.adrelid), ', ' order by a.attnum)
        from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum where d.adrelid = c.oid)), true,
      case when c.relispartition then format('%s não é igual às outras partições', c.relname) end
    from relacao c
    union all
    -- PostgreSQL 18 lists not null here too; it is recorded with the column
    select format('restrição %I de %s', case when c.relispartition then regexp_replace(k.conname, '_[0-9]{4}_[0-9]{2}', '_AAAA_MM') else k.conname end, coalesce(c.nome, k.contypid::regtype::text)),
      row(k.contype, k.condeferrable, k.condeferred, k.convalidated)::text, pg_get_constraintdef(k.oid), true, pg_get_constraintdef(k.oid)
    from pg_constraint k
    join esquema e on e.oid = k.connamespace
    left join relacao c on c.oid = k.conrelid
    where k.contype not in ('n', 't')
    union all
    select format('índice %I de %s', regexp_replace(i.relname, case when c.relispartition then '_[0-9]{4}_[0-9]{2}' else '^$' end, '_AAAA_MM'), c.nome),
      row(x.indisprimary, x.indisvalid, x.indisready, x.indimmediate)::text,
      regexp_replace(pg_get_indexdef(x.indexrelid), case when c.relispartition then '_[0-9]{4}_[0-9]{2}' else '^$' end, '_AAAA_MM', 'g'), true,
      case when not c.relispartition then pg_get_indexdef(x.indexrelid) end
    from pg_index x
    join relacao c on c.oid = x.indrelid
    join pg_class i on i.oid = x.indexrelid
    where x.indisunique
    union all
    select format('gatilho %I de %s', t.tgname, t.relacao),
      row(t.tgfoid::regprocedure, t.tgtype, t.tgdeferrable, t.tginitdeferred, encode(t.tgargs, 'hex'), t.tgqual is not null, t.tgoldtable, t.tgnewtable,
        (select array_agg(a.attname order by a.attnum) from pg_attribute a where a.attrelid = t.tgrelid and a.attnum = any (t.tgattr)))::text,
      regexp_replace(pg_get_triggerdef(t.oid), case when t.de_mes then '_[0-9]{4}_[0-9]{2}' else '^$' end, '_AAAA_MM', 'g'), t.ligado,
      case when not t.de_mes then pg_get_triggerdef(t.oid) end
    from gatilho t where not t.tgisinternal
    union all
    select format('regra de reescrita %I de %s', w.rulename, c.nome), row(w.ev_type, w.is_instead, w.ev_enabled in ('O', 'A'))::text,
      pg_get_ruledef(w.oid), true, pg_get_ruledef(w.oid)
    from pg_rewrite w
    join relacao c on c.oid = w.ev_class
    where w.rulename <> '_RETURN'
    union all
    select format('política %I de %s', y.polname, c.nome), row(y.polcmd, y.polpermissive,
        (select array_agg(case o when 0 then 'public' else pg_get_userbyid(o) end order by 1) from unnest(y.polroles) as o))::text,
      concat(pg_get_expr(y.polqual, y.polrelid), '; ', pg_get_expr(y.polwithcheck, y.polrelid)), true, null
    from pg_policy y
    join relacao c on c.oid = y.polrelid
    union all
    select format('tipo %I.%I', e.nome, t.typname), row(t.typtype, pg_get_userbyid(t.typowner),
        audit_interno.direitos(coalesce(t.typacl, acldefault('T', t.typowner)), t.typowner, false), t.typnotnull,
        case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
        (select array_agg(row(a.attname, format_type(a.atttypid, a.atttypmod))::text order by a.attnum)
        from pg_attribute a where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped),
        (select array_agg(n.enumlabel order by n.enumsortorder) from pg_enum n where n.enumtypid = t.oid))::text,
      t.typdefault, true, null
    from pg_type t
    join esquema e on e.oid = t.typnamespace
    left join pg_class c on c.oid = t.typrelid
    where t.typtype in ('d', 'e', 'r') or t.typtype = 'c' and c.relkind = 'c'
    union all
    select concat('permissões padrão de ', pg_get_userbyid(f.defaclrole), ' para ', f.defaclobjtype, ' em ' || e.nome),
      audit_interno.direitos(f.defaclacl, f.defaclrole, false)::text, null, true, null
    from pg_default_acl f
    join papel p on p.oid = f.defaclrole
    left join esquema e on e.oid = f.defaclnamespace
    where f.defaclnamespace = 0 or e.oid is not null
    union all
    -- for roles: their attributes and what they belong to; their members are an administrator's matter
    select 'papel ' || p.rolname, row(p.rolsuper, p.rolinherit, p.rolcreaterole, p.rolcreatedb, p.rolcanlogin, p.rolreplication, p.rolbypassrls,
      (select array_agg(distinct pg_get_userbyid(m.roleid) order by pg_get_userbyid(m.roleid)) from pg_auth_members m where m.member = p.oid))::text,
      null, true, null
    from papel p
  )
  select distinct i.objeto, sha256(convert_to(coalesce(i.portatil, ''), 'UTF8')), sha256(convert_to(nullif(i.definicao, ''), 'UTF8')), i.ligado, i.dito
  from item i
$$;
comment on function audit_interno.objetos_agora() is
  'Functions, tables, constraints, unique indexes, triggers, rewrite rules, policies, types, default privileges, schemas and roles of Conferente as they are, whether a trigger fires, and its definition.';
