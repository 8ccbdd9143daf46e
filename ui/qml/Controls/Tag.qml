// A small coloured word: 秒批, 容缺, 跨域 …
import QtQuick

Rectangle {
    id: tag

    property string text
    property color colour: Theme.primary
    property color pale: Theme.primaryPale

    implicitWidth: words.implicitWidth + Theme.px(24)
    implicitHeight: words.implicitHeight + Theme.px(8)
    radius: Theme.px(10)
    color: pale
    border.width: Theme.highContrast ? Theme.px(2) : 0
    border.color: colour

    Words {
        id: words
        anchors.centerIn: parent
        text: tag.text
        size: Math.round(Theme.px(23) * (Theme.large ? 1.25 : 1))
        strong: true
        wrapMode: Text.NoWrap
        color: tag.colour
    }
}
