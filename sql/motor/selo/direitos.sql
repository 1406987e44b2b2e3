-- Rights on an object, as text that is the same on every server: who may do what, sorted, without who granted it. The owner's are left out:
-- an owner has them anyway, and each version of PostgreSQL knows more of them. With leitura, includes rights to read that roles other than
-- ours were given.
create or replace function audit_interno.direitos(acl aclitem[], dono oid, leitura boolean)
returns text[]
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select array_agg(x.direito order by x.direito collate "C")
  from (
    select distinct concat_ws(' ', case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee) end, a.privilege_type, case when a.is_grantable then 'grant' end) as direito
    from aclexplode(acl) as a
    where a.grantee <> dono and not (leitura and a.grantee <> 0 and a.privilege_type in ('SELECT', 'USAGE') and not a.is_grantable
      and pg_get_userbyid(a.grantee) !~ '^conferente_')
  ) as x
$$;
comment on function audit_interno.direitos(aclitem[], oid, boolean) is 'Rights of everybody but the owner, as sorted text; null when there are none.';
