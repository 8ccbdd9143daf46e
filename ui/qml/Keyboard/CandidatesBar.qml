// What is being composed, and the characters it may become; they slide, and two keys turn them for who cannot slide.
pragma ComponentBehavior: Bound

import QtQuick
import QtQuick.Templates as T
import Controls
import KioskUi

Item {
    id: bar

    required property KeyboardModel typing
    readonly property bool composing: typing.letters !== ""
    readonly property bool tall: Theme.large && Theme.portrait

    implicitHeight: Theme.px(tall ? 170 : 146)

    Rectangle {
        anchors.fill: parent
        radius: Theme.px(16)
        color: Theme.card
        border.width: Theme.edgeWidth
        border.color: bar.composing ? Theme.primary : Theme.edge
    }
    OneLine {
        objectName: "keyboard-hint"
        visible: !bar.composing
        anchors.fill: parent
        anchors.margins: Theme.px(20)
        soft: true
        largest: Theme.body
        text: bar.typing.pinyinMissing ? qsTr("本机没有安装拼音，只能输入字母和数字；汉字请到人工窗口办理") : bar.typing.chinese ? qsTr("输入拼音，再点选汉字，如 zhangwei → 张伟") : qsTr("正在输入字母")
    }
    OneLine {
        id: letters
        objectName: "composition"
        visible: bar.composing
        x: Theme.px(20)
        y: Theme.px(4)
        width: parent.width - 2 * x
        height: Theme.px(bar.tall ? 58 : 48)
        largest: Theme.px(bar.tall ? 38 : 32)
        text: bar.typing.letters
        strong: true
        color: Theme.primary
    }
    OneLine {
        objectName: "no-candidates"
        visible: bar.composing && rows.count === 0
        anchors.fill: list
        largest: Theme.body
        soft: true
        text: qsTr("没有对应的汉字，请检查拼音；点空格按字母输入")
    }
    Flickable {
        id: list
        objectName: "candidates"
        visible: bar.composing
        anchors.left: parent.left
        anchors.right: turn.left
        anchors.leftMargin: Theme.px(8)
        anchors.top: letters.bottom
        anchors.bottom: parent.bottom
        anchors.bottomMargin: Theme.px(8)
        contentWidth: words.width
        boundsBehavior: Flickable.StopAtBounds
        clip: true

        Row {
            id: words

            Repeater {
                id: rows
                model: bar.typing.candidates

                T.Button {
                    id: candidate

                    required property int index
                    required property bool first
                    required text

                    objectName: "candidate-" + index
                    width: Math.max(Theme.px(96), word.implicitWidth + Theme.px(40))
                    height: list.height
                    focusPolicy: Qt.NoFocus
                    Accessible.name: text
                    onClicked: bar.typing.choose(index)

                    background: Rectangle {
                        radius: Theme.px(14)
                        color: candidate.down ? Theme.primary : candidate.first ? Theme.primaryPale : "transparent"
                        border.width: candidate.first && Theme.highContrast ? Theme.edgeWidth : 0
                        border.color: Theme.primary
                    }
                    contentItem: Item {
                        Words {
                            id: word
                            anchors.centerIn: parent
                            text: candidate.text
                            size: Theme.px(bar.tall ? 56 : Theme.large ? 50 : 46)
                            lineHeight: 1
                            strong: candidate.first
                            wrapMode: Text.NoWrap
                            color: candidate.down ? Theme.primaryInk : candidate.first ? Theme.primary : Theme.ink
                        }
                    }
                }
            }
        }
    }
    Row {
        id: turn
        visible: bar.composing && words.width > bar.width - Theme.px(16)
        width: visible ? implicitWidth : 0
        anchors.right: parent.right
        anchors.rightMargin: Theme.px(8)
        anchors.top: list.top
        height: list.height - Theme.px(6)
        spacing: Theme.px(8)

        KeyButton {
            objectName: "candidates-earlier"
            width: Theme.px(88)
            height: parent.height
            enabled: list.contentX > 1
            iconName: "arrow_back"
            text: qsTr("前面的字")
            onClicked: list.contentX = Math.max(0, list.contentX - list.width * 0.9)
        }
        KeyButton {
            objectName: "candidates-later"
            width: Theme.px(88)
            height: parent.height
            enabled: list.contentX < list.contentWidth - list.width - 1
            iconName: "arrow_forward"
            text: qsTr("后面的字")
            onClicked: list.contentX = Math.min(list.contentWidth - list.width, list.contentX + list.width * 0.9)
        }
    }
    Connections {
        target: bar.typing
        function onChanged() {
            list.contentX = 0;
        }
    }
}
