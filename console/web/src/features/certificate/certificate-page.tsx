import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { read } from '../../lib/queries.ts';
import { shortId } from '../../lib/words.ts';
import { Loaded } from '../../ui/loaded.tsx';
import { Note } from '../../ui/note.tsx';
import { Page } from '../../ui/page.tsx';
import { CertificateForm, spanOf } from './certificate-form.ts';
import { CertificateView } from './certificate-view.tsx';

const route = getRouteApi('/in/syncs/$syncId');

/** What one sync claims, why it can be said, and what it does not say. */
export function CertificatePage() {
  const { syncId } = route.useParams();
  const reading = useQuery({ ...read('getCertificate', { params: { syncId } }), staleTime: Infinity });
  const title = `Sync ${shortId(syncId)}`;
  return (
    <Page title={title} crumbs={[{ label: 'Connectors', to: { to: '/connectors' } }, { label: title }]}>
      <Loaded reading={reading} what="the certificate">
        {(raw) => {
          const certificate = CertificateForm.safeParse(raw);
          const span = certificate.success ? spanOf(certificate.data) : undefined;
          if (certificate.success && span !== undefined)
            return <CertificateView certificate={certificate.data} span={span} />;
          return (
            <>
              <h1>Certificate of sync {shortId(syncId)}</h1>
              <Note tone="warn" title="This certificate has a form that this page does not know.">
                <p>It is shown as it was written.</p>
              </Note>
              <pre className="certificate-raw">{JSON.stringify(raw, null, 2)}</pre>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
