document.title = 'BatonKit';
