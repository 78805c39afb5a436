import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs';
import type { Connector } from '@batonkit/console-contract';
import { Drawer } from '../../../ui/drawer.tsx';
import '../../../ui/tabs.css';
import { AuditLog } from './audit-log.tsx';
import { RequestLog } from './request-log.tsx';
import { SyncHistory } from './sync-history.tsx';
import './log-drawer.css';

type LogTab = 'history' | 'requests' | 'audit';

interface LogDrawerProps {
  connector: Connector;
  tab: LogTab;
  onTab: (tab: LogTab) => void;
  onClose: () => void;
}

/** Beside the page: what syncs did, what was asked of the instance, and who changed the connector. */
export function LogDrawer({ connector, tab, onTab, onClose }: LogDrawerProps) {
  return (
    <Drawer
      title="Connector log"
      onClose={onClose}
      {...(tab === 'requests' ? { footer: 'Paths and counts only. No bodies, no keys.' } : {})}
    >
      <Tabs className="drawer-tabs" selectedKey={tab} onSelectionChange={(key) => onTab(key as LogTab)}>
        <TabList className="tabs" aria-label="Log">
          <Tab id="history" className="tab">
            Sync history
          </Tab>
          <Tab id="requests" className="tab">
            Requests
          </Tab>
          <Tab id="audit" className="tab">
            Audit
          </Tab>
        </TabList>
        <TabPanel id="history" className="panel">
          <SyncHistory connectorId={connector.id} />
        </TabPanel>
        <TabPanel id="requests" className="panel">
          <RequestLog connector={connector} />
        </TabPanel>
        <TabPanel id="audit" className="panel">
          <AuditLog connectorId={connector.id} />
        </TabPanel>
      </Tabs>
    </Drawer>
  );
}
