// The search over all zones: initials or full pinyin on big keys, the best hits at once.
import QtQuick
import Controls
import KioskUi

Page {
    id: screen

    required property HomeModel home

    heading: Theme.portrait ? qsTr("搜索事项") : ""
    backText: qsTr("返回首页")
    leaveVisible: false

    Item {
        width: Theme.portrait ? parent.width : parent.width * 0.46
        anchors.top: parent.top
        anchors.bottom: Theme.portrait ? keys.top : parent.bottom
        anchors.bottomMargin: Theme.portrait ? Theme.gap : 0

        Card {
            id: box
            width: parent.width
            height: Theme.mainTouch
            edge: Theme.primary
            edgeWidth: Theme.px(5)

            Icon {
                id: glass
                x: Theme.px(28)
                anchors.verticalCenter: parent.verticalCenter
                name: "search"
                colour: Theme.primary
                size: Theme.px(56)
            }
            OneLine {
                objectName: "query"
                anchors.left: glass.right
                anchors.leftMargin: Theme.px(20)
                anchors.right: parent.right
                anchors.rightMargin: Theme.px(24)
                anchors.verticalCenter: parent.verticalCenter
                height: parent.height - Theme.px(24)
                text: screen.home.query !== "" ? screen.home.query + "▏" : qsTr("输入拼音或首字母，如 GJJ（公积金）")
                largest: screen.home.query !== "" ? Theme.title : Theme.body
                strong: screen.home.query !== ""
                soft: screen.home.query === ""
            }
        }
        Words {
            id: about
            anchors.top: box.bottom
            anchors.topMargin: Theme.px(16)
            width: parent.width
            text: screen.home.found === 0 ? qsTr("没有找到。请少输几个字母，或返回首页按专区查找。") : screen.home.query === "" ? qsTr("大家常办") : qsTr("找到这些")
            strong: screen.home.found !== 0
            soft: true
        }
        ScrollArea {
            anchors.top: about.bottom
            anchors.topMargin: Theme.px(14)
            anchors.bottom: parent.bottom
            width: parent.width

            ItemGrid {
                width: parent?.width ?? 0
                home: screen.home
                narrow: true
            }
        }
    }
    LetterPad {
        id: keys
        anchors.right: parent.right
        anchors.bottom: parent.bottom
        width: Theme.portrait ? parent.width : parent.width * 0.52
        height: Theme.px(Theme.portrait ? 440 : 520)
        onTyped: text => screen.home.typed(text)
        onErased: screen.home.erased()
        onCleared: screen.home.cleared()
    }
}
