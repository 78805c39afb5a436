import { useState } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button } from 'react-aria-components/Button';
import { Header } from 'react-aria-components/Header';
import { Menu, MenuItem, MenuSection, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { call } from '../lib/call.ts';
import { Icon } from '../ui/icon.tsx';
import { Avatar, Name } from '../ui/text.tsx';
import '../ui/popover.css';
import { setTheme, storedTheme, THEMES, type Theme } from './theme.ts';

const WORDS = { system: 'As the system', light: 'Light', dark: 'Dark' } as const;

/** Who is signed in, the theme, and the way out. */
export function AccountMenu({ name, small = false }: { name: string; small?: boolean }) {
  const [theme, remember] = useState(storedTheme);
  const client = useQueryClient();
  const router = useRouter();
  const signOut = useMutation({
    mutationFn: () => call('signOut', {}),
    onSettled: async () => {
      await router.navigate({ to: '/sign-in' });
      client.clear();
    },
  });
  const choose = (next: Theme) => {
    setTheme(next);
    remember(next);
  };
  return (
    <MenuTrigger>
      <Button className={small ? 'tab-bar-item' : 'me'}>
        {small ? (
          <>
            <Icon name="person" />
            <span>
              Account<span className="unseen"> menu of {name}</span>
            </span>
          </>
        ) : (
          <>
            <Avatar name={name} />
            <span className="unseen">Account menu of </span>
            <span className="label">
              <Name>{name}</Name>
            </span>
          </>
        )}
      </Button>
      <Popover className="popover" placement="top start">
        <Menu className="menu" aria-label="Account menu" onAction={(key) => key === 'sign-out' && signOut.mutate()}>
          <MenuSection
            selectionMode="single"
            selectedKeys={[theme]}
            onSelectionChange={(keys) => {
              const [next] = keys === 'all' ? [] : [...keys];
              if (next !== undefined) choose(next as Theme);
            }}
          >
            <Header>Theme</Header>
            {THEMES.map((each) => (
              <MenuItem key={each} id={each} className="menu-item" textValue={WORDS[each]}>
                {({ isSelected }) => (
                  <>
                    <span className="mark">{isSelected ? <Icon name="check" /> : null}</span>
                    {WORDS[each]}
                  </>
                )}
              </MenuItem>
            ))}
          </MenuSection>
          <MenuSection aria-label="Session">
            <MenuItem id="sign-out" className="menu-item" textValue="Sign out">
              <Icon name="leave" />
              Sign out
            </MenuItem>
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
